import type { Arrivals } from '../engine/index.js';
import type { LoadClock, ObservedRequest } from './observed-request.js';

/** Wakes whoever waits for the next response. */
class ResponseBell {
  #ring: () => void = () => {};

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve;
    });
  }

  ring(): void {
    this.#ring();
  }
}

/** Waits for an instant or a response, whichever comes first. */
async function untilDueOrResponse(
  dueAtUs: number,
  bell: ResponseBell,
  clock: LoadClock,
  interrupted: AbortSignal,
): Promise<void> {
  const waiting = new AbortController();
  const response = bell.next();
  const signal = AbortSignal.any([waiting.signal, interrupted]);
  await Promise.race([response, clock.sleepUntil(dueAtUs, signal)]);
  waiting.abort();
}

/**
 * Sends every request when its time has come and tells the load of responses: those that wait for one (users, turns of
 * conversations) follow. Requests are the same as in a simulation of the load, since `arrivals` is the engine's own.
 * @param count requests in all
 * @param send must not reject
 * @param interrupted stops sending; requests that are open end as their senders say
 * @returns what was sent, in the order of sending
 */
export async function runLoad(
  arrivals: Arrivals,
  count: number,
  send: (row: number, dueAtUs: number) => Promise<ObservedRequest>,
  clock: LoadClock,
  interrupted: AbortSignal,
): Promise<ObservedRequest[]> {
  const bell = new ResponseBell();
  const open: Promise<ObservedRequest>[] = [];
  const launch = async (row: number, dueAtUs: number): Promise<ObservedRequest> => {
    const observed = await send(row, dueAtUs);
    arrivals.responded(row, observed.endedAtUs);
    bell.ring();
    return observed;
  };
  while (arrivals.taken < count && !interrupted.aborted) {
    const dueAtUs = arrivals.nextInboxUs;
    if (dueAtUs > clock.nowUs()) {
      await untilDueOrResponse(dueAtUs, bell, clock, interrupted);
      continue;
    }
    const row = arrivals.nextRow;
    open.push(launch(row, arrivals.take()));
  }
  return Promise.all(open);
}
