import type { StepColumns } from '../trace/trace.js';
import { usToS } from '../units.js';

/** How many equal intervals a run is shown in. */
const INTERVALS = 100;

/**
 * Queue and KV cache of a simulated run over time: means over equal intervals that together are the whole run. Time without a
 * step on the GPU counts as nothing running, waiting or held.
 */
export interface RunTimeline {
  /** Length of an interval, in s. */
  readonly intervalS: number;
  /** Blocks of the KV cache that requests can use. */
  readonly kvBlocks: number;
  /** Requests admitted, to a hundredth. */
  readonly running: readonly number[];
  /** Requests in the server's waiting queue, to a hundredth. */
  readonly waiting: readonly number[];
  /** Blocks held by running requests ÷ `kvBlocks`: 0…1, to a ten-thousandth. */
  readonly kvUsedRatio: readonly number[];
}

/** Time-weighted sums of three quantities by interval. */
class IntervalSums {
  readonly running = new Float64Array(INTERVALS);
  readonly waiting = new Float64Array(INTERVALS);
  readonly blocks = new Float64Array(INTERVALS);
  readonly #intervalUs: number;

  constructor(intervalUs: number) {
    this.#intervalUs = intervalUs;
  }

  /** Adds a step: to the one interval it lies in as a rule, else to each what it spends there. */
  add(fromUs: number, toUs: number, running: number, waiting: number, blocks: number): void {
    let sinceUs = fromUs;
    for (let i = Math.floor(fromUs / this.#intervalUs); sinceUs < toUs; i++) {
      const index = Math.min(i, INTERVALS - 1);
      const untilUs = i < INTERVALS - 1 ? Math.min(toUs, (i + 1) * this.#intervalUs) : toUs;
      const us = Math.max(0, untilUs - sinceUs);
      this.running[index]! += us * running;
      this.waiting[index]! += us * waiting;
      this.blocks[index]! += us * blocks;
      sinceUs = Math.max(sinceUs, untilUs);
    }
  }
}

const rounded = (sums: Float64Array, scale: number, digits: number): number[] =>
  Array.from(sums, (sum) => Math.round((sum / scale) * 10 ** digits) / 10 ** digits);

/**
 * Means of running and waiting requests and of used KV blocks over a hundredth of the run each; undefined for traces that do
 * not say when steps were on the GPU.
 * @param kvBlocks usable blocks of the KV cache
 */
export function runTimeline(steps: StepColumns | undefined, kvBlocks: number): RunTimeline | undefined {
  if (steps?.startedAtUs === undefined || steps.count === 0) return undefined;
  const { startedAtUs, periodUs, count } = steps;
  const intervalUs = (startedAtUs[count - 1]! + periodUs[count - 1]!) / INTERVALS;
  const { running, waiting, kvBlocksUsed } = steps;
  const sums = new IntervalSums(intervalUs);
  for (let row = 0; row < count; row++) {
    const fromUs = startedAtUs[row]!;
    sums.add(fromUs, fromUs + periodUs[row]!, running[row]!, waiting[row]!, kvBlocksUsed[row]!);
  }
  return {
    intervalS: usToS(intervalUs),
    kvBlocks,
    running: rounded(sums.running, intervalUs, 2),
    waiting: rounded(sums.waiting, intervalUs, 2),
    kvUsedRatio: rounded(sums.blocks, intervalUs * kvBlocks, 4),
  };
}
