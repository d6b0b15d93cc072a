import type { StepColumns } from '../trace/trace.js';
import type { LintSubject } from './finding.js';
import { mean } from './samples.js';
import { shareOf, sign, type SaturationSign } from './saturation-sign.js';

/** Fewer steps than this say nothing about a trend. */
const FEWEST = 30;

/**
 * Mean of the queue ÷ mean of what runs, in the fullest quarter of the steps; by Little's law the time requests queue ÷ the
 * time they run. Quarters, because stages of a run differ and a queue drains when the load ends.
 */
function queuedOverRunning({ waiting, running, count }: StepColumns): number {
  const quarter = Math.floor(count / 4);
  const ratios = [0, 1, 2, 3].map((i) => {
    const [from, to] = [i * quarter, (i + 1) * quarter];
    return mean(waiting.subarray(from, to)) / mean(running.subarray(from, to));
  });
  return Math.max(...ratios.filter(Number.isFinite));
}

/** Queue and seats as the scheduler saw them. */
export function stepSigns({ trace }: LintSubject): SaturationSign[] {
  const { steps, meta } = trace;
  if (steps === undefined || steps.count < FEWEST || steps.waiting.every((waiting) => waiting < 0)) return [];
  const seats = meta.server?.maxNumSeqs;
  return [
    ...sign('queued / running', queuedOverRunning(steps)),
    ...sign(
      'waiting share',
      shareOf(steps.waiting, (queued) => queued > 0),
    ),
    ...(seats === undefined
      ? []
      : sign(
          'seats full share',
          shareOf(steps.running, (n) => n >= seats),
        )),
  ];
}
