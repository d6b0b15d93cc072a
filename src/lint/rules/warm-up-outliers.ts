import type { LintRule, LintSubject, Sighting } from '../finding.js';
import { knownAt, mean, median, quantile } from '../samples.js';
import { counted, shown, shownMs, shownPct } from '../show.js';
import { sToUs } from '../../units.js';

/** Kernels compile and graphs are replayed for the first time in the first seconds of a server's life. */
const OPENING_S = 10;
/** Later requests needed to say what is normal. */
const FEWEST_LATER = 30;
/** Slower than this many times the median, and by at least this much, is not chance: queueing alone gives 2 to 4 times. */
const OUTLIER_FACTOR = 5;
const OUTLIER_MS = 50;
/** From here the outliers change a figure that people compare. */
const MATTERS_RATIO = 0.02;

function sightings({ requests, durations, stages }: LintSubject): Sighting[] {
  const first = stages[0];
  if (first === undefined) return [];
  const endUs = requests.arrivedAtUs[first.rows[0]!]! + sToUs(OPENING_S);
  const opening = knownAt(
    durations.ttftMs,
    first.rows.filter((row) => requests.arrivedAtUs[row]! < endUs),
  );
  const later = knownAt(
    durations.ttftMs,
    first.rows.filter((row) => requests.arrivedAtUs[row]! >= endUs),
  );
  if (later.length < FEWEST_LATER) return [];
  const normal = median(later);
  const limit = Math.max(OUTLIER_FACTOR * normal, normal + OUTLIER_MS);
  // where slow requests are common later too, slow ones at the start are no warm-up
  const outliers = quantile(later, 0.99) > limit ? new Float64Array() : opening.filter((ms) => ms > limit);
  if (outliers.length === 0) return [];
  const all = knownAt(durations.ttftMs, first.rows);
  const meanMoved = mean(all) / mean(later) - 1;
  const p99Moved = quantile(all, 0.99) / quantile(later, 0.99) - 1;
  return [
    {
      severity: Math.max(meanMoved, p99Moved) >= MATTERS_RATIO ? 'warning' : 'note',
      where: `stage ${first.stage}`,
      found:
        `${counted(outliers.length, 'request')} of the first ${OPENING_S} s waited up to ${shownMs(outliers.toSorted().at(-1)!)} for ` +
        `the first token, where ${shownMs(normal)} is normal (${shown(OUTLIER_FACTOR)} times that, or more); they move the ` +
        `mean TTFT by ${shownPct(meanMoved)} and its p99 by ${shownPct(p99Moved)}`,
      figures: {
        outliers: outliers.length,
        slowestTtftMs: outliers.toSorted().at(-1)!,
        normalTtftMs: normal,
        meanMovedRatio: meanMoved,
        p99MovedRatio: p99Moved,
      },
    },
  ];
}

/** Servers that were not warm: first requests pay for compilation and first-time allocation. */
export const warmUpOutliers: LintRule = {
  id: 'warm-up-outliers',
  title: 'first requests that paid for the start of the server',
  consequence:
    'TTFT means are too high and p99 is set by the start; no simulator predicts how long kernels compile.',
  remedy: 'Send some hundred requests before measuring, or leave out the first seconds.',
  hasEvidence: ({ durations }) => durations.ttftMs.filter((ms) => !Number.isNaN(ms)).length > FEWEST_LATER,
  check: sightings,
};
