import { attemptReplay, type ReplayOutcome } from './replay-outcome.js';
import type { ReplayJob } from './replay.js';

/** Entry of a worker thread: one replay. The same function as on the main thread, so results are identical. */
export default function replayInWorker(job: ReplayJob): ReplayOutcome {
  return attemptReplay(job);
}
