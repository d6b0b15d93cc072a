import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadClock } from '../observe/index.js';
import { msToUs, usToMs } from '../units.js';

/** Timers of Node fire up to a millisecond late: the rest is waited for in turns of the event loop. */
const TIMER_SLACK_MS = 1.5;
/** `setTimeout` takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A monotonic clock that starts now. */
export function startLoadClock(): LoadClock {
  const startMs = performance.now();
  const nowUs = (): number => msToUs(performance.now() - startMs);
  return {
    nowUs,
    sleepUntil: async (atUs, signal) => {
      while (!signal.aborted && nowUs() < atUs) {
        const leftMs = usToMs(atUs - nowUs());
        if (leftMs <= TIMER_SLACK_MS) await turn();
        else await quietSleep(Math.min(leftMs - TIMER_SLACK_MS, LONGEST_TIMER_MS), signal);
      }
    },
  };
}

/** Ends early when the signal aborts. */
async function quietSleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // aborted: the caller looks at the signal
  }
}
