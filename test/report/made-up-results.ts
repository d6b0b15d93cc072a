import { compareSuite } from '../../src/validate/compare-suite.js';
import type { ValidationResult } from '../../src/validate/validation-result.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import type { MetricName } from '../../src/trace/metrics.js';
import type { FitResult } from '../../src/fit/index.js';
import { experiment, replay, SET, suiteOf } from '../validate/made-up-suite.js';

type Means = readonly [ttft: number, itl: number, e2e: number];

const figures = ([ttftMeanMs, itlMeanMs, e2eMeanMs]: Means): Partial<Record<MetricName, number>> => ({
  ttftMeanMs,
  itlMeanMs,
  e2eMeanMs,
});

/** Measured, then predicted: TTFT, ITL and E2E of four runs of two models; one is cancelling, one held back. */
const RUNS = [
  { id: '1', model: 'acme/Toy-1B', split: 'train', measured: [30, 10, 1030], predicted: [31, 10.1, 1041] },
  { id: '2', model: 'acme/Toy-1B', split: 'test', measured: [40, 20, 2040], predicted: [43, 19.2, 1963] },
  { id: '3', model: 'acme/Toy-7B', split: 'test', measured: [100, 30, 3100], predicted: [190, 29.1, 3100] },
  {
    id: '4',
    model: 'acme/Toy-7B',
    split: 'test',
    measured: [80, 30.2, 3100],
    predicted: [80, 31, 3180],
    heldBack: 0.3,
  },
] as const;

/** A validation of made-up figures: every kind of remark a report can make occurs in it. */
export function madeUpValidation(): ValidationResult {
  const replayed = RUNS.map((run) => {
    const stages = (['all', 0] as const).map((stage) => ({ stage, metrics: figures(run.measured) }));
    const result = replay(
      (['all', 0] as const).map((stage) => [stage, figures(run.predicted)] as const),
      'heldBack' in run ? run.heldBack : 0,
    );
    const server = { ...DEFAULT_SERVER, maxNumBatchedTokens: run.id === '3' ? 8192 : 2048 };
    const entry = experiment(run.id, stages, { model: run.model, split: run.split, server });
    return { experiment: entry, jobs: [], outcomes: [{ ok: true as const, result }] };
  });
  const refused = {
    experiment: experiment('5', [{ stage: 'all', metrics: figures([1, 1, 1]) }], { model: 'acme/Unknown' }),
    jobs: [],
    refusal: { code: 'MODEL_UNKNOWN', reason: 'unknown model `acme/Unknown`' } as const,
    outcomes: [],
  };
  const all = [...replayed, refused];
  const peers = ['2', '3'].map((id) => ({
    simulator: 'other-sim',
    experiment: id,
    stage: 'all' as const,
    metric: 'e2eMeanMs' as const,
    predictedMs: 2500,
  }));
  const suite = suiteOf(
    all.map((entry) => entry.experiment),
    peers,
  );
  const doubt = { code: 'made-up', kind: 'doubt', count: 3, message: 'these figures are invented' } as const;
  return compareSuite({ ...suite, diagnostics: [doubt] }, SET, [0], all);
}

const summary = (mapePct: number): FitResult['trainErrors'][number]['errors'] => ({
  n: 12,
  excluded: 1,
  mapePct,
  medianApePct: mapePct / 2,
  p90ApePct: 2 * mapePct,
  mpePct: -mapePct / 4,
});

/** A fit of made-up figures with one coefficient of each kind. */
export const madeUpFit = (): FitResult => ({
  basis: 'op-roofline',
  route: 'steps',
  coefficients: [
    {
      name: 'layer-overhead',
      unit: 'µs/layer',
      value: 8.241,
      stdError: 0.51,
      prior: { mean: 12, sd: 6 },
      dataShareRatio: 0.98,
      atBound: false,
      method: 'fitted',
      determinedBy: 'data',
      note: 'determined by the data; only its sum with step-overhead is well determined',
    },
    {
      name: 'step-overhead',
      unit: 'µs/step',
      value: 0,
      stdError: 31.4,
      prior: { mean: 400, sd: 400 },
      dataShareRatio: 0.8,
      atBound: true,
      method: 'fitted',
      determinedBy: 'data',
      note: 'determined by the data; at its bound 0, the data ask for less',
    },
    {
      name: 'kernel-time',
      unit: 'ratio',
      value: 1,
      stdError: 0,
      prior: { mean: 1, sd: 0 },
      dataShareRatio: 0,
      atBound: false,
      method: 'assumed',
      determinedBy: 'fixed',
      note: 'held at its prior mean',
    },
  ],
  correlatedPairs: [{ terms: ['layer-overhead', 'step-overhead'], correlation: -0.93 }],
  conditionNumber: 5321,
  noiseRatio: 0.013,
  kktViolation: 1e-12,
  options: { priorNoiseRatio: 0.02, huberRatio: 0.05 },
  groupsUsed: ['run a', 'run b'],
  groupsHeldOut: ['run c'],
  rowsUsed: 24,
  rowsByGroup: [],
  covariance: { terms: [], values: [] },
  largestBatch: { prefillTokens: 0, decodeRequests: 0, decodeContextTokens: 0, prefillContextTokens: 0 },
  diagnostics: [],
  trainErrors: [
    { group: 'run a', kind: 'step', errors: summary(2) },
    { group: 'all', kind: 'step', errors: summary(1.5) },
  ],
  heldOutErrors: [{ group: 'run c', kind: 'step', errors: summary(3) }],
  iterations: [{ iteration: 1, largestChangeRatio: 0.02, coefficients: {} }],
});
