import type { LintRule, LintSubject, Sighting, StageRows } from '../finding.js';
import { shown } from '../show.js';
import { usToS } from '../../units.js';

const FEWEST = 100;
/** A pause this long and this many times the mean gap does not happen by chance in 10⁶ exponential gaps (e⁻²⁰ each). */
const PAUSE_S = 3;
const PAUSE_FACTOR = 20;
/** Before and after the pause the rates differ by this much: another stage, not a hiccup. */
const RATE_FACTOR = 1.3;

/** The longest pause between arrivals of a stage. */
function longestPause({ requests }: LintSubject, { rows }: StageRows): { at: number; gapUs: number } {
  const longest = { at: 0, gapUs: 0 };
  for (let i = 1; i < rows.length; i++) {
    const gapUs = requests.arrivedAtUs[rows[i]!]! - requests.arrivedAtUs[rows[i - 1]!]!;
    if (gapUs > longest.gapUs) Object.assign(longest, { at: i, gapUs });
  }
  return longest;
}

/** Mean rate of rows `from` to `to` (exclusive), per second. */
const ratePerS = ({ requests }: LintSubject, { rows }: StageRows, from: number, to: number): number =>
  (to - 1 - from) / usToS(requests.arrivedAtUs[rows[to - 1]!]! - requests.arrivedAtUs[rows[from]!]!);

function hiddenBoundary(subject: LintSubject, stage: StageRows): Sighting[] {
  const n = stage.rows.length;
  if (n < FEWEST) return [];
  const { at, gapUs } = longestPause(subject, stage);
  const [before, after] = [ratePerS(subject, stage, 0, at), ratePerS(subject, stage, at, n)];
  const gapS = usToS(gapUs);
  if (!(gapS >= PAUSE_S && gapS >= PAUSE_FACTOR / Math.min(before, after))) return [];
  if (!(Math.max(before, after) / Math.min(before, after) >= RATE_FACTOR)) return [];
  return [
    {
      severity: 'warning',
      where: `stage ${stage.stage}`,
      found:
        `no request arrives for ${shown(gapS)} s before request ${at}, and the rate is ${shown(before)}/s before and ` +
        `${shown(after)}/s after: two load stages taken for one`,
      figures: { pauseS: gapS, firstAfterPause: at, rateBeforePerS: before, rateAfterPerS: after },
    },
  ];
}

/** Requests of a stage that still run when the next one begins load it too. */
function overlap({ requests }: LintSubject, stage: StageRows, next: StageRows | undefined): Sighting[] {
  if (next === undefined) return [];
  const beginsUs = requests.arrivedAtUs[next.rows[0]!]!;
  const running = stage.rows.filter((row) => requests.finishedAtUs[row]! > beginsUs).length;
  if (running === 0) return [];
  return [
    {
      severity: 'note',
      where: `stage ${stage.stage}`,
      found: `${running} of its ${stage.rows.length} requests still ran when stage ${next.stage} began`,
      figures: { running, requests: stage.rows.length },
    },
  ];
}

/** Stages of different load that the source does not tell apart, or that run into one another. */
export const stageBoundaries: LintRule = {
  id: 'stage-boundaries',
  title: 'load stages that are hidden or run into one another',
  consequence:
    'Means over two rates describe neither, and the pause between them looks like idle time of one.',
  remedy:
    'Put the load generator’s configuration into the folder, so that the stages are told apart; let the server drain in between.',
  hasEvidence: ({ requests }) => requests.count >= FEWEST,
  check: (subject) =>
    subject.stages.flatMap((stage, i) => [
      ...hiddenBoundary(subject, stage),
      ...overlap(subject, stage, subject.stages[i + 1]),
    ]),
};
