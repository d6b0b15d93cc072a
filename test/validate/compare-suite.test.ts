import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { compareSuite, type ReplayedExperiment } from '../../src/validate/compare-suite.js';
import type { ReplayResult } from '../../src/validate/replay.js';
import type { ErrorGroup, RankGroup, ValidationResult } from '../../src/validate/validation-result.js';
import type { Experiment } from '../../src/trace/experiment.js';
import type { PeerPrediction } from '../../src/trace/suite.js';
import { experiment, replay, SET, suiteOf } from './made-up-suite.js';

const replayed = (entry: Experiment, results: readonly ReplayResult[]): ReplayedExperiment => ({
  experiment: entry,
  jobs: [],
  outcomes: results.map((result) => ({ ok: true, result })),
});

const compare = (
  entries: readonly ReplayedExperiment[],
  peers: readonly PeerPrediction[] = [],
): ValidationResult =>
  compareSuite(
    suiteOf(
      entries.map((entry) => entry.experiment),
      peers,
    ),
    SET,
    [0],
    entries,
  );

/** Whole runs with a mean E2E: [id, measured, predicted, model]. */
const e2eRuns = (
  runs: readonly (readonly [string, number, number, string?])[],
  peers: readonly PeerPrediction[] = [],
): ValidationResult =>
  compare(
    runs.map(([id, measured, predicted, model = 'acme/Toy-1B']) =>
      replayed(experiment(id, [{ stage: 'all', metrics: { e2eMeanMs: measured } }], { model }), [
        replay([['all', { e2eMeanMs: predicted }]]),
      ]),
    ),
    peers,
  );

const errorsOf = (result: ValidationResult, by: string, simulator = 'trueline'): ErrorGroup =>
  result.errors.find((group) => group.by === by && group.simulator === simulator)!;
const ranksOf = (result: ValidationResult, scope: string, simulator = 'trueline'): RankGroup =>
  result.ranks.find((group) => group.scope === scope && group.simulator === simulator)!;

describe('what was noticed', () => {
  it('is counted once an experiment, whatever the seeds, after what was noticed in the suite', () => {
    const noticed = { code: 'B', kind: 'doubt', count: 1, message: 'seen in a replay' } as const;
    const outcome = { ...replay([['all', {}]]), diagnostics: [noticed] };
    const entries = ['1', '2'].map((id) => replayed(experiment(id, []), [outcome, outcome]));
    const suite = suiteOf(entries.map((entry) => entry.experiment));
    const diagnostics = [{ ...noticed, code: 'A', count: 3 }];
    expect(compareSuite({ ...suite, diagnostics }, SET, [0, 1], entries).diagnostics).toEqual([
      { ...noticed, code: 'A', count: 3 },
      { ...noticed, count: 2 },
    ]);
  });
});

describe('rows', () => {
  it('average the seeds and report their spread', () => {
    const entry = experiment('1', [{ stage: 0, metrics: { ttftMeanMs: 10 } }]);
    const seeds = [9, 11, 13].map((ttftMeanMs) => replay([[0, { ttftMeanMs }]]));
    const [row] = compare([replayed(entry, seeds)]).rows;
    expect(row).toMatchObject({ measuredMs: 10, predictedMs: 11, stage: 0, metric: 'ttftMeanMs' });
    expect(row!.errorPct).toBeCloseTo(10, 9);
    expect(row!.seedSpreadPct).toBeCloseTo((100 * 4) / 11, 9);
  });

  it('have no spread with one seed', () => {
    expect(e2eRuns([['1', 100, 90]]).rows[0]).not.toHaveProperty('seedSpreadPct');
  });
});

describe('error groups', () => {
  it('match medians and means worked by hand, with n', () => {
    const result = e2eRuns([
      ['1', 100, 101],
      ['2', 100, 96],
      ['3', 100, 110],
    ]);
    const group = errorsOf(result, 'split');
    expect(group).toMatchObject({ group: 'test', n: 3, excluded: 0, scope: 'runs' });
    expect(group.medianApePct).toBeCloseTo(4, 9);
    expect(group.mapePct).toBeCloseTo(5, 9);
    expect(group.mpePct).toBeCloseTo(7 / 3, 9);
    expect(group.medianInterval!.low).toBeLessThanOrEqual(group.medianApePct);
    expect(group.medianInterval!.high).toBeGreaterThanOrEqual(group.medianApePct);
  });

  it('score a peer on the rows it predicted, and us on the same ones', () => {
    const peer = { simulator: 'other', stage: 'all', metric: 'e2eMeanMs' } as const;
    const result = e2eRuns(
      [
        ['1', 100, 101],
        ['2', 100, 130],
      ],
      [{ ...peer, experiment: '1', predictedMs: 150 }],
    );
    const group = errorsOf(result, 'split', 'other');
    expect(group.n).toBe(1);
    expect(group.medianApePct).toBeCloseTo(50, 9);
    expect(group.oursOnSameRows!.medianApePct).toBeCloseTo(1, 9);
  });
});

describe('rank fidelity', () => {
  it('separates the order inside a model from the order between models', () => {
    // Between models right, inside both models wrong.
    const result = e2eRuns([
      ['1', 100, 120, 'acme/A'],
      ['2', 120, 100, 'acme/A'],
      ['3', 900, 990, 'acme/B'],
      ['4', 990, 900, 'acme/B'],
    ]);
    expect(ranksOf(result, 'all').pairs).toMatchObject({ scored: 6, accuracyRatio: 4 / 6 });
    expect(ranksOf(result, 'inside').pairs).toMatchObject({ scored: 2, accuracyRatio: 0 });
    const inside = result.ranks.filter((group) => group.scope === 'model-gpu');
    expect(inside.map((group) => group.group)).toEqual(['acme/A on H100', 'acme/B on H100']);
    expect(inside[0]!.top1RegretPct).toBeCloseTo(20, 9);
    expect(inside[0]!.kendallTauB).toBe(-1);
  });

  test.prop([fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 3, maxLength: 20 })])(
    'a perfect prediction has no error and τ = ρ = 1',
    (values) => {
      const result = e2eRuns(values.map((value, i) => [String(i), value, value]));
      expect(errorsOf(result, 'split').mapePct).toBe(0);
      const all = ranksOf(result, 'all');
      expect(all.kendallTauB).toBeCloseTo(1, 12);
      expect(all.spearmanRho).toBeCloseTo(1, 12);
      if (all.pairs.scored > 0) expect(all.pairs.accuracyRatio).toBe(1);
    },
  );

  test.prop([
    fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 })), {
      minLength: 2,
      maxLength: 12,
    }),
    fc.constantFrom(2, 4, 8),
  ])('errors and ranks do not depend on the unit of time', (pairs, factor) => {
    const scores = (scale: number): unknown => {
      const result = e2eRuns(pairs.map(([m, p], i) => [String(i), m * scale, p * scale]));
      return [result.errors, result.ranks];
    };
    expect(scores(factor)).toEqual(scores(1));
  });
});

const stage = (e2e: number, ttft: number): { e2eMeanMs: number; ttftMeanMs: number } => ({
  e2eMeanMs: e2e,
  ttftMeanMs: ttft,
});

const cancelling = (predicted: ReturnType<typeof stage>): ValidationResult['cancelling'] =>
  compare([replayed(experiment('1', [{ stage: 0, metrics: stage(1000, 100) }]), [replay([[0, predicted]])])])
    .cancelling;

describe('cancelling errors', () => {
  it('are flagged when a wrong TTFT hides a wrong decode', () => {
    const [row] = cancelling(stage(1005, 160));
    expect(row).toMatchObject({ experiment: '1', stage: 0, ttftErrorMs: 60, decodeErrorMs: -55 });
    expect(row!.e2eErrorPct).toBeCloseTo(0.5, 9);
  });

  it('are not flagged when they add up, are small, or leave most of the error', () => {
    expect(cancelling(stage(1100, 150))).toEqual([]);
    expect(cancelling(stage(1001, 110))).toEqual([]);
    expect(cancelling(stage(1040, 160))).toEqual([]);
  });
});

describe('what was not simulated', () => {
  const refusal = { code: 'MODEL_UNKNOWN', reason: 'unknown model' } as const;

  it('is listed with its reason and never scored', () => {
    const bad = experiment('bad', [{ stage: 'all', metrics: { e2eMeanMs: 5, ttftMeanMs: 1 } }]);
    const good = replayed(experiment('good', [{ stage: 'all', metrics: { e2eMeanMs: 5 } }]), [
      replay([['all', { e2eMeanMs: 5 }]]),
    ]);
    const result = compare([{ experiment: bad, jobs: [], refusal, outcomes: [] }, good]);
    expect(result.notSimulated).toEqual([{ experiment: 'bad', split: 'test', stage: 'all', ...refusal }]);
    expect(result.coverage).toEqual({ experiments: 2, experimentsReplayed: 1, rows: 3, rowsCompared: 1 });
    expect(result.rows.every((row) => row.experiment === 'good')).toBe(true);
  });

  it('includes an experiment of which one seed failed', () => {
    const entry = experiment('1', [{ stage: 'all', metrics: { e2eMeanMs: 5 } }]);
    const outcomes = [
      { ok: true, result: replay([['all', { e2eMeanMs: 5 }]]) },
      { ok: false, refusal },
    ] as const;
    expect(compare([{ experiment: entry, jobs: [], outcomes }]).notSimulated).toHaveLength(1);
  });

  it('includes a measured stage the workload does not have', () => {
    const entry = experiment('1', [
      { stage: 0, metrics: { e2eMeanMs: 5 } },
      { stage: 7, metrics: { e2eMeanMs: 5 } },
    ]);
    const { notSimulated } = compare([replayed(entry, [replay([[0, { e2eMeanMs: 5 }]])])]);
    expect(notSimulated).toMatchObject([{ experiment: '1', stage: 7, code: 'WORKLOAD_INVALID' }]);
  });
});
