import type { LatencyModel } from '../coefficients/latency-model.js';
import { TruelineError } from '../errors.js';

const IDLE = -1;

/** The two clocks of an engine: its loop's thread and its GPU. All instants in µs. */
export class EngineClock {
  /** Where the loop's thread is. */
  nowUs = 0;
  /** When the GPU has done all that was dispatched. */
  gpuFreeUs = 0;
  /** Start and end of the last four steps, by step modulo 4. */
  readonly startUs = new Float64Array(4);
  readonly endUs = new Float64Array(4);

  /**
   * Spends the loop's CPU time, then runs a step as soon as the GPU is free. Returns when the step starts.
   */
  dispatch(step: number, periodUs: number, hostStepUs: number): number {
    this.nowUs += hostStepUs;
    const startUs = this.gpuFreeUs > this.nowUs ? this.gpuFreeUs : this.nowUs;
    const endUs = startUs + periodUs;
    this.gpuFreeUs = endUs;
    this.startUs[step & 3] = startUs;
    this.endUs[step & 3] = endUs;
    return startUs;
  }

  /** The loop's thread waits for an instant, or is late already. */
  waitFor(atUs: number): void {
    if (atUs > this.nowUs) this.nowUs = atUs;
  }

  /** Step on the GPU at an instant since the step before `newest` ended; −1 when the GPU was idle then. */
  stepAt(atUs: number, newest: number): number {
    for (let step = newest; step >= 0 && step > newest - 4; step--)
      if (this.startUs[step & 3]! <= atUs) return atUs < this.endUs[step & 3]! ? step : IDLE;
    return IDLE;
  }
}

/** @throws ENGINE_INVALID unless a step takes a finite time of at least 0 */
export function checkedPeriodUs(periodUs: number): number {
  if (periodUs >= 0 && periodUs < Infinity) return periodUs;
  throw new TruelineError('ENGINE_INVALID', `the latency model prices a step at ${periodUs} µs`, {
    hint: 'Check the coefficients: a step takes a finite time of at least 0.',
  });
}

/** Price of the batch by the model's cheapest way. */
export const batchUs = (latency: LatencyModel, batch: Parameters<LatencyModel['stepUs']>[0]): number =>
  checkedPeriodUs(
    batch.prefillRequests === 0
      ? latency.decodeStepUs(batch.decodeRequests, batch.decodeContextTokens)
      : latency.stepUs(batch),
  );
