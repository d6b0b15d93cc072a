import { REQUEST_STATUSES } from '../../trace/trace.js';
import { printable } from '../plain-text.js';
import type { SimulatedRun } from '../simulated-run.js';
import { LaneQueue } from './lane-queue.js';
import { processName, slice, threadNames, wholeNs, type EventArgs, type TraceEvent } from './trace-event.js';

const PROCESS = 2;

type Requests = SimulatedRun['requests'];

/** One slice: name, start and end in whole ns. */
type Phase = readonly [name: string, startNs: number, endNs: number];

/** The phases of a request that took time; one that was aborted ends in the phase it had reached. */
function phasesOf(requests: Requests, row: number): Phase[] {
  const instants = [
    requests.arrivedAtUs[row]!,
    requests.scheduledAtUs[row]!,
    requests.firstTokenAtUs[row]!,
    requests.finishedAtUs[row]!,
  ].map(wholeNs);
  const lastNs = instants.findLast((ns) => !Number.isNaN(ns)) ?? 0;
  return ['queued', 'prefill', 'decode']
    .map(
      (name, i) => [name, instants[i]!, Number.isNaN(instants[i + 1]) ? lastNs : instants[i + 1]!] as const,
    )
    .filter(([, startNs, endNs]) => endNs > startNs);
}

const argsOf = (requests: Requests, row: number): EventArgs => ({
  promptTokens: requests.promptTokens[row]!,
  outputTokens: requests.outputTokens[row]!,
  cachedTokens: requests.cachedTokens?.[row] ?? 0,
  preemptions: requests.preemptions?.[row] ?? 0,
  stage: requests.stage[row]!,
  status: REQUEST_STATUSES[requests.status[row]!] ?? '',
});

/**
 * The requests as their clients see them: a slice from arrival to last token, with its phases in it. `queued` ends when
 * the first chunk is scheduled; the delays of the front end are in the phases around it. Requests in flight together
 * have tracks of their own, the lowest that is free.
 */
export function* requestEvents({ requests }: SimulatedRun): Generator<TraceEvent> {
  yield processName({ pid: PROCESS, tid: 1 }, 'requests in flight');
  const lanes = new LaneQueue();
  let named = 0;
  for (let row = 0; row < requests.count; row++) {
    const phases = phasesOf(requests, row);
    const startNs = wholeNs(requests.arrivedAtUs[row]!);
    const endNs = phases.at(-1)?.[2] ?? startNs;
    const track = { pid: PROCESS, tid: lanes.take(startNs, endNs) + 1 };
    if (track.tid > named) yield* threadNames(track, `place ${(named = track.tid)}`);
    const name = `request ${printable(requests.ids?.[row] ?? String(row))}`;
    yield slice(track, name, startNs, endNs, argsOf(requests, row));
    for (const [phase, phaseStartNs, phaseEndNs] of phases)
      yield slice(track, phase, phaseStartNs, phaseEndNs);
  }
}
