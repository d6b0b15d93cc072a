import { describe, expect, it } from 'vitest';
import { lintSuite, type LintResult } from '../../src/lint/index.js';
import type { Experiment } from '../../src/trace/experiment.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import { madeUpRequests } from './made-up-run.js';

/** Below the knee: 10 requests/s of 1.53 s each fill 15 of 128 seats. */
const SOUND = {
  id: 'sound',
  title: 'made up',
  split: 'train',
  model: 'example-org/tiny-llm',
  gpu: 'H100',
  server: { ...DEFAULT_SERVER, maxNumSeqs: 128, totalKvBlocks: 10_000 },
  workloadName: 'general',
  workload: {
    kind: 'shared-prefix',
    numGroups: 10,
    promptsPerGroup: 10,
    systemPromptTokens: 100,
    promptTokensMean: 500,
    promptTokensSd: 7,
    outputTokens: 100,
    stages: [
      { ratePerS: 5, durationS: 200 },
      { ratePerS: 10, durationS: 200 },
    ],
    stageGapS: 5,
  },
  measured: [
    { stage: 0, metrics: { ttftMeanMs: 40, itlMeanMs: 14, e2eMeanMs: 40 + 99 * 14 } },
    { stage: 1, metrics: { ttftMeanMs: 45, itlMeanMs: 15, e2eMeanMs: 45 + 99 * 15 } },
  ],
  source: 'made up',
} as const satisfies Experiment;

function linted(changes: Partial<Experiment> = {}): LintResult {
  const suite = {
    name: 'made up',
    description: '',
    source: '',
    experiments: [{ ...SOUND, ...changes }],
    models: {},
    refusedModels: {},
    peers: [],
    diagnostics: [],
  };
  return lintSuite(suite)[0]!.result;
}

const seen = (changes: Partial<Experiment>): readonly string[] =>
  linted(changes).findings.map(({ severity, rule, where }) => `${severity} ${rule} ${where}`);

const stage1 = (metrics: Experiment['measured'][number]['metrics']): Experiment['measured'] => [
  SOUND.measured[0],
  { stage: 1, metrics },
];

describe('an experiment as its suite states it', () => {
  it('is judged by stage figures, and rules that cannot judge these say so', () => {
    const { findings, notJudged, saturation } = linted();
    expect(findings).toEqual([]);
    expect(notJudged).toContain('warm-up-outliers');
    expect(notJudged).toContain('failed-requests');
    expect(notJudged).not.toContain('saturated');
    // Little: 10/s · 1.53 s ÷ 128
    const seats = saturation[1]!.signs.find(({ name }) => name === 'in flight / seats');
    expect(seats!.value).toBeCloseTo(15.3 / 128, 10);
  });

  it('is saturated when its requests do not fit into the seats, or TTFT is that of a queue', () => {
    // 10/s · 13 s = 130 requests for 128 seats
    expect(seen({ measured: stage1({ ttftMeanMs: 45, e2eMeanMs: 13_000 }) })).toEqual([
      'error saturated stage 1',
    ]);
    expect(seen({ measured: stage1({ ttftMeanMs: 500, e2eMeanMs: 2000 }) })).toEqual([
      'error saturated stage 1',
    ]);
    expect(seen({ measured: stage1({ ttftMeanMs: 100, e2eMeanMs: 1600 }) })).toEqual([
      'warning saturated stage 1',
    ]);
  });

  it('has its ITL held against its own E2E and output length', () => {
    const halved = stage1({ ttftMeanMs: 45, itlMeanMs: (99 * 15) / 201, e2eMeanMs: 45 + 99 * 15 });
    expect(seen({ measured: halved })).toEqual(['error token-events-doubled stage 1']);
  });

  it('lacks what nobody stated', () => {
    const { totalKvBlocks: _, ...server } = SOUND.server;
    expect(linted({ server }).findings[0]?.found).toMatch(/^not known: number of KV blocks/u);
    expect(linted({ assumesEngineVersion: true }).findings[0]?.found).toMatch(/^not known: engine version/u);
  });

  it('may be too short for its percentiles', () => {
    const workload = {
      ...SOUND.workload,
      stages: [{ ratePerS: 5, durationS: 12 }],
    };
    expect(seen({ workload, measured: SOUND.measured.slice(0, 1) })).toEqual([
      'warning too-few-requests stage 0',
    ]);
  });

  it('shows recorded arrivals of one seed in two stages', () => {
    const fixed = { ttftMs: () => 45, tokens: () => 100 };
    const recorded = (seed: number): Experiment['workload'] => {
      const requests = madeUpRequests({ seed: 1, ...fixed }, { seed, startS: 300, ...fixed });
      return { kind: 'request-trace', ...requests, promptId: new Int32Array(requests.count) };
    };
    expect(seen({ workload: recorded(1) })).toEqual(['warning arrivals-repeated stage 1']);
    expect(seen({ workload: recorded(2) })).toEqual([]);
  });
});
