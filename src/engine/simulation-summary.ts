import { LIMITED_BY_KV, LIMITED_BY_SEATS, type EngineState } from './engine-state.js';

/** When a stage sent its first request and got its last response, in µs on the simulated clock. */
export interface StageSpan {
  readonly stage: number;
  readonly requests: number;
  readonly startedAtUs: number;
  readonly endedAtUs: number;
}

/**
 * Figures of a whole simulation that its trace does not show, or only at length. Of data-parallel replicas, peaks and
 * `totalKvBlocks` are those of one replica, the rest sums over all.
 */
export interface SimulationSummary {
  readonly requests: number;
  /** Steps with at least one token. */
  readonly steps: number;
  /** `schedule()` calls that found nothing to compute. */
  readonly emptySteps: number;
  /** Steps that waited for a kernel to be compiled. */
  readonly compilations: number;
  readonly preemptions: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Prompt tokens found in the prefix cache at first admission. */
  readonly hitTokens: number;
  readonly peakRunning: number;
  readonly peakWaiting: number;
  readonly peakKvBlocksUsed: number;
  /** Blocks of the KV cache, null block included. */
  readonly totalKvBlocks: number;
  /** Blocks copied to the CPU tier, and back from it. */
  readonly cpuBlocksStored: number;
  readonly cpuBlocksLoaded: number;
  /** GPU time of all steps; dummy batches of data-parallel ranks are not counted. */
  readonly busyUs: number;
  /** Share of the GPU time with requests waiting for a seat, or for KV blocks. */
  readonly seatLimitedRatio: number;
  readonly kvLimitedRatio: number;
  readonly stages: readonly StageSpan[];
}

/** Running totals, one `add` per step. */
export class StepTotals {
  emptySteps = 0;
  compilations = 0;
  busyUs = 0;
  /** GPU time by what kept requests waiting (LIMITED_BY_…). */
  readonly limitedUs = new Float64Array(3);
  peakRunning = 0;
  peakWaiting = 0;
  fewestFree: number;

  constructor(usableBlocks: number) {
    this.fewestFree = usableBlocks;
  }

  add(engine: EngineState, periodUs: number): void {
    this.busyUs += periodUs;
    this.limitedUs[engine.limitedBy]! += periodUs;
    this.notePeaks(engine);
  }

  notePeaks({ seats, waiting, pool }: EngineState): void {
    if (seats.count > this.peakRunning) this.peakRunning = seats.count;
    if (waiting.size > this.peakWaiting) this.peakWaiting = waiting.size;
    if (pool.free < this.fewestFree) this.fewestFree = pool.free;
  }
}

/** Sums a finished simulation up. @param engines one, or replicas that share table, log and totals */
export function summarize(engines: readonly EngineState[], totals: StepTotals): SimulationSummary {
  const { table, log, limits } = engines[0]!;
  const overAll = (count: (engine: EngineState) => number) =>
    engines.reduce((total, engine) => total + count(engine), 0);
  const share = (us: number) => (totals.busyUs > 0 ? us / totals.busyUs : 0);
  return {
    requests: table.count,
    steps: overAll((engine) => engine.step),
    emptySteps: totals.emptySteps,
    compilations: totals.compilations,
    preemptions: overAll((engine) => engine.preemptions),
    promptTokens: sum(table.promptTokens),
    outputTokens: sum(log.generatedTokens(table)),
    // −1 for requests that were aborted before their admission.
    hitTokens: sum(log.cachedTokens),
    peakRunning: totals.peakRunning,
    peakWaiting: totals.peakWaiting,
    peakKvBlocksUsed: limits.usableBlocks - totals.fewestFree,
    totalKvBlocks: limits.usableBlocks + 1,
    cpuBlocksStored: overAll(({ tier }) => tier?.blocksStored ?? 0),
    cpuBlocksLoaded: overAll(({ tier }) => tier?.blocksLoaded ?? 0),
    busyUs: totals.busyUs,
    seatLimitedRatio: share(totals.limitedUs[LIMITED_BY_SEATS]!),
    kvLimitedRatio: share(totals.limitedUs[LIMITED_BY_KV]!),
    stages: stageSpans(engines[0]!),
  };
}

/** Sum of the known counts of a column; −1 is not known. */
function sum(column: Int32Array): number {
  let total = 0;
  for (let row = 0; row < column.length; row++) total += Math.max(0, column[row]!);
  return total;
}

function stageSpans({ table, log }: EngineState): StageSpan[] {
  const spans = new Map<number, { requests: number; startedAtUs: number; endedAtUs: number }>();
  for (let row = 0; row < table.count; row++) {
    const stage = table.stage[row]!;
    let span = spans.get(stage);
    if (span === undefined)
      spans.set(stage, (span = { requests: 0, startedAtUs: log.arrivedAtUs[row]!, endedAtUs: 0 }));
    span.requests++;
    span.endedAtUs = Math.max(span.endedAtUs, log.finishedAtUs[row]!);
  }
  return [...spans].map(([stage, span]) => ({ stage, ...span }));
}
