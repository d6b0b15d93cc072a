import { randomStream } from '../../src/random.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import type { RequestColumns, StageAggregate, StepColumns, Trace } from '../../src/trace/trace.js';
import { msToUs, sToUs } from '../../src/units.js';

/** A made-up stage of load; every option has a sound value. */
export interface StageOptions {
  readonly requests?: number;
  readonly ratePerS?: number;
  readonly startS?: number;
  readonly seed?: number;
  /** By index in the stage. */
  readonly ttftMs?: (i: number) => number;
  readonly itlMs?: number;
  readonly tokens?: (i: number) => number;
}

interface Row {
  readonly stage: number;
  readonly arrivedAtUs: number;
  readonly firstTokenAtUs: number;
  readonly finishedAtUs: number;
  readonly tokens: number;
}

function rowsOf(options: StageOptions, stage: number): Row[] {
  const { requests = 1200, ratePerS = 10, startS = 0, seed = 7 + stage, itlMs = 15 } = options;
  const { uniform: draw, exponential } = randomStream(seed, 'made-up run');
  const gapS = exponential(ratePerS);
  let atUs = sToUs(startS);
  return Array.from({ length: requests }, (_, i) => {
    const arrivedAtUs = atUs;
    atUs += sToUs(gapS());
    const tokens = options.tokens?.(i) ?? 100 + Math.floor(100 * draw());
    const firstTokenAtUs = arrivedAtUs + msToUs(options.ttftMs?.(i) ?? 40 + 10 * draw());
    const perTokenUs = msToUs(itlMs) * (0.98 + 0.04 * draw());
    const generated = options.tokens === undefined ? tokens : 100;
    return {
      stage,
      arrivedAtUs,
      firstTokenAtUs,
      finishedAtUs: firstTokenAtUs + (generated - 1) * perTokenUs,
      tokens,
    };
  });
}

/** Requests of load stages, in order; all finished. `tokens` are what is recorded: decode takes 100 tokens' time then. */
export function madeUpRequests(...stages: readonly StageOptions[]): RequestColumns {
  const rows = stages.flatMap(rowsOf);
  return {
    count: rows.length,
    arrivedAtUs: Float64Array.from(rows, (row) => row.arrivedAtUs),
    firstTokenAtUs: Float64Array.from(rows, (row) => row.firstTokenAtUs),
    finishedAtUs: Float64Array.from(rows, (row) => row.finishedAtUs),
    promptTokens: new Int32Array(rows.length).fill(512),
    outputTokens: Int32Array.from(rows, (row) => row.tokens),
    stage: Uint16Array.from(rows, (row) => row.stage),
    status: new Uint8Array(rows.length),
  };
}

const isMixed = (row: number): boolean => row % 10 === 9;

/** Decode steps that follow one another every 15 ms, all recorded; every tenth has a prefill of 512 tokens. */
export function madeUpSteps(count = 400, every = 1): StepColumns {
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => value(row));
  return {
    count,
    id: Int32Array.from({ length: count }, (_, row) => 1 + row * every),
    scheduledAtUs: column((row) => msToUs(15) * row * every),
    periodUs: column(() => msToUs(15)),
    prefillTokens: column((row) => (isMixed(row) ? 512 : 0)),
    prefillRequests: column((row) => (isMixed(row) ? 1 : 0)),
    decodeRequests: column(() => 20),
    decodeContextTokens: column(() => 20 * 600),
    prefillContextTokens: column((row) => (isMixed(row) ? 512 : 0)),
    prefillAttentionPairs: column((row) => (isMixed(row) ? 512 * 256 : 0)),
    prefillPromptPairs: column((row) => (isMixed(row) ? 512 * 768 : 0)),
    newRequests: column((row) => (isMixed(row) ? 1 : 0)),
    running: new Int32Array(count).fill(20),
    waiting: new Int32Array(count),
    kvBlocksUsed: new Int32Array(count).fill(800),
  };
}

/** What a report says of a stage of the sound run. */
export const madeUpReport = (changes: Partial<StageAggregate> = {}): StageAggregate => ({
  stage: 0,
  requests: 1200,
  failed: 0,
  metrics: { ttftMeanMs: 45, itlMeanMs: 15, e2eMeanMs: 45 + 99 * 15 },
  ...changes,
});

/** A run to which no rule objects, with `changes`. */
export const madeUpRun = (changes: Partial<Trace> = {}): Trace => ({
  meta: {
    source: 'made-up',
    synthetic: true,
    clock: 'client',
    engineVersion: '0.15.1',
    model: 'example-org/tiny-llm',
    gpu: 'H100',
    server: { ...DEFAULT_SERVER, totalKvBlocks: 10_000 },
  },
  requests: madeUpRequests({}),
  steps: madeUpSteps(),
  diagnostics: [],
  ...changes,
});
