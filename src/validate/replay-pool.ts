import { Tinypool } from 'tinypool';
import { isReplayOutcome, type ReplayOutcome } from './replay-outcome.js';
import type { ReplayJob } from './replay.js';

/**
 * Runs replays on worker threads; outcomes are in the order of the jobs and equal to those of `attemptReplay`.
 * @param threads at least 1
 * @param onReplayed called after each replay with the number done so far
 */
export async function replayInPool(
  jobs: readonly ReplayJob[],
  threads: number,
  onReplayed: (done: number) => void,
): Promise<ReplayOutcome[]> {
  const workers = Math.max(1, Math.min(threads, jobs.length));
  const filename = new URL('./replay-worker.js', import.meta.url).href;
  const pool = new Tinypool({ filename, minThreads: workers, maxThreads: workers });
  let done = 0;
  try {
    return await Promise.all(
      jobs.map(async (job) => {
        const outcome: unknown = await pool.run(job);
        if (!isReplayOutcome(outcome)) throw new TypeError('a replay worker returned no outcome');
        onReplayed(++done);
        return outcome;
      }),
    );
  } finally {
    await pool.destroy();
  }
}
