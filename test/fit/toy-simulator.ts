import type { LatencyModel } from '../../src/coefficients/latency-model.js';
import type { RequestColumns, Trace } from '../../src/trace/trace.js';
import { stepTable, traceOf } from './step-table.js';

/** A request of the toy engine: prefilled whole in its first step, then one token per step. */
interface ToyRequest {
  readonly inboxAtUs: number;
  readonly stage: number;
  arrivedStep: number;
  scheduledStep: number;
  finishedStep: number;
  firstTokenAtUs: number;
  finishedAtUs: number;
  made: number;
}

export interface ToyLoad {
  /** When requests are sent, ascending, and their stage. */
  readonly arrivals: readonly { readonly atUs: number; readonly stage: number }[];
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly maxNumSeqs: number;
}

/**
 * Continuous batching in its plainest form: one step at a time, first come first served, whoever has arrived when a step
 * starts is in it if there is a seat.
 */
export function simulateToy(load: ToyLoad, latency: LatencyModel): Trace {
  const requests = load.arrivals.map(({ atUs, stage }): ToyRequest => {
    const inboxAtUs = atUs + latency.frontBeforeUs;
    const none = { arrivedStep: -1, scheduledStep: -1, finishedStep: -1, made: 0 };
    return { ...none, inboxAtUs, stage, firstTokenAtUs: NaN, finishedAtUs: NaN };
  });
  const steps = stepTable();
  let waiting: readonly ToyRequest[] = requests;
  let running: readonly ToyRequest[] = [];
  while (waiting.length + running.length > 0) {
    const idleUs = running.length > 0 ? 0 : Math.max(0, waiting[0]!.inboxAtUs - steps.clockUs);
    const startUs = steps.clockUs + idleUs;
    const joining = waiting
      .filter((request) => request.inboxAtUs <= startUs)
      .slice(0, load.maxNumSeqs - running.length);
    runStep(steps, load, latency, running, joining, idleUs);
    markArrivals(waiting, startUs, steps);
    const batch = [...running, ...joining];
    for (const request of batch) advance(request, load, latency, steps, joining.includes(request));
    running = batch.filter((request) => request.made < load.outputTokens);
    waiting = waiting.filter((request) => !joining.includes(request));
  }
  return traceOf({ steps: steps.table(), requests: columnsOf(load, requests) });
}

type Steps = ReturnType<typeof stepTable>;

function runStep(
  steps: Steps,
  load: ToyLoad,
  latency: LatencyModel,
  running: readonly ToyRequest[],
  joining: readonly ToyRequest[],
  idleUs: number,
): void {
  const context = running.reduce((sum, request) => sum + load.promptTokens + request.made, 0);
  if (running.length > 0) steps.decodes(running.length, context);
  if (joining.length > 0) steps.prefills(joining.length, joining.length * load.promptTokens);
  steps.taking((batch) => latency.stepUs(batch), idleUs);
}

/** Requests that reached the inbox while the step that just ended was running. */
function markArrivals(waiting: readonly ToyRequest[], startUs: number, steps: Steps): void {
  for (const request of waiting) {
    if (request.inboxAtUs > startUs && request.inboxAtUs < steps.clockUs)
      request.arrivedStep = steps.count - 1;
  }
}

function advance(
  request: ToyRequest,
  load: ToyLoad,
  latency: LatencyModel,
  steps: Steps,
  isFirst: boolean,
): void {
  const now = steps.clockUs + latency.frontAfterUs;
  request.made++;
  if (isFirst) {
    request.scheduledStep = steps.count - 1;
    request.firstTokenAtUs = now;
  }
  if (request.made < load.outputTokens) return;
  request.finishedStep = steps.count - 1;
  request.finishedAtUs = now + load.outputTokens * (latency.frontAfterPerOutputTokenUs ?? 0);
}

function columnsOf(load: ToyLoad, requests: readonly ToyRequest[]): RequestColumns {
  const count = requests.length;
  const scheduledStep = Int32Array.from(requests, (request) => request.scheduledStep);
  return {
    count,
    arrivedAtUs: Float64Array.from(load.arrivals, ({ atUs }) => atUs),
    firstTokenAtUs: Float64Array.from(requests, (request) => request.firstTokenAtUs),
    finishedAtUs: Float64Array.from(requests, (request) => request.finishedAtUs),
    promptTokens: new Int32Array(count).fill(load.promptTokens),
    outputTokens: new Int32Array(count).fill(load.outputTokens),
    stage: Uint16Array.from(requests, (request) => request.stage),
    status: new Uint8Array(count),
    arrivedStep: Int32Array.from(requests, (request) => request.arrivedStep),
    scheduledStep,
    firstTokenStep: scheduledStep,
    finishedStep: Int32Array.from(requests, (request) => request.finishedStep),
  };
}
