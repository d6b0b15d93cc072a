import type { LintRule, LintSubject, Sighting } from '../finding.js';
import { decodePeriodsUs, knownAt, median, quantile, startGapsUs } from '../samples.js';
import { shown, shownMs } from '../show.js';
import { msToUs, usToMs } from '../../units.js';

const FEWEST = 10;
/** Scheduler CPU time is 1 to 10 % of a step; steps of one kind differ by less than this from one another. */
const TOO_SHORT_RATIO = 0.4;
/** Below this it is no CPU time but a unit (see `units-mixed`). */
const UNIT_RATIO = 0.005;

/** What a step must have taken, from another side: times between starts, else between tokens. */
function otherSideUs({ trace, durations, stages }: LintSubject): number {
  const gaps = trace.steps === undefined ? new Float64Array() : startGapsUs(trace.steps);
  // the lower quartile: a gap is too long when the server paused in between
  if (gaps.length >= FEWEST) return quantile(gaps, 0.25);
  const itl = stages.map(({ rows }) => knownAt(durations.itlMs, rows)).find(({ length }) => length >= FEWEST);
  return itl === undefined ? NaN : msToUs(median(itl));
}

function sightings(subject: LintSubject): Sighting[] {
  const { steps } = subject.trace;
  if (steps === undefined) return [];
  const periods = decodePeriodsUs(steps);
  if (periods.length < FEWEST) return [];
  const [periodUs, neededUs] = [median(periods), otherSideUs(subject)];
  const ratio = periodUs / neededUs;
  if (!(ratio < TOO_SHORT_RATIO && ratio >= UNIT_RATIO)) return [];
  return [
    {
      severity: 'error',
      where: 'steps',
      found:
        `decode steps are said to take ${shownMs(usToMs(periodUs))}, but they follow one another every ` +
        `${shownMs(usToMs(neededUs))} (${shown(ratio)} of it)`,
      figures: { periodUs, startToStartUs: neededUs },
    },
  ];
}

/** vLLM v0.15.1 (v1/core/sched/scheduler.py, tracing fork): `step.duration_us` ends before the GPU begins. */
export const schedulerTimeAsStep: LintRule = {
  id: 'scheduler-time-as-step',
  title: "`step.duration_us` (the scheduler's CPU time) taken for the step",
  consequence:
    'Steps look 10 to 50 times faster than the GPU is, and a fit to them predicts a server that cannot exist.',
  remedy: 'Take the difference of `step.ts_start_ns` of consecutive step ids as the period.',
  hasEvidence: ({ trace }) => (trace.steps?.count ?? 0) >= FEWEST,
  check: sightings,
};
