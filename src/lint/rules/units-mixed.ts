import type { LintRule, LintSubject, Sighting } from '../finding.js';
import { decodePeriodsUs, knownAt, median, quantile, startGapsUs } from '../samples.js';
import { reportedStages, stageName } from '../reported-stages.js';
import { shown, shownMs } from '../show.js';
import { usToMs } from '../../units.js';

const FEWEST = 3;
/** Figures of one thing from two sides that differ by this much differ by a unit: s, ms, µs and ns are 1000 apart. */
const THOUSAND_FROM = 200;

/** What no server and no run that people wait for has: outside, a figure is in another unit than it is taken for. */
const PLAUSIBLE_MS = {
  'time between tokens': { from: 0.05, to: 30_000 },
  'step period': { from: 0.05, to: 60_000 },
  TTFT: { from: 0.2, to: 7_200_000 },
  E2E: { from: 0.2, to: 7_200_000 },
} as const;

function implausible(what: keyof typeof PLAUSIBLE_MS, where: string, valueMs: number): Sighting[] {
  const { from, to } = PLAUSIBLE_MS[what];
  if (!(valueMs < from || valueMs > to)) return [];
  return [
    {
      severity: 'error',
      where,
      found: `${what} is ${shownMs(valueMs)}, outside ${shownMs(from)} to ${shownMs(to)}`,
      figures: { valueMs, plausibleFromMs: from, plausibleToMs: to },
    },
  ];
}

function apart(where: string, one: string, oneMs: number, other: string, otherMs: number): Sighting[] {
  const ratio = Math.max(oneMs / otherMs, otherMs / oneMs);
  if (!(ratio >= THOUSAND_FROM && Number.isFinite(ratio))) return [];
  return [
    {
      severity: 'error',
      where,
      found: `${one} is ${shownMs(oneMs)} but ${other} ${shownMs(otherMs)}: ${shown(ratio)} times apart`,
      figures: { oneMs, otherMs },
    },
  ];
}

const medianAt = (column: Float64Array, rows: Int32Array): number => {
  const known = knownAt(column, rows);
  return known.length < FEWEST ? NaN : median(known);
};

const requestSightings = ({ durations, stages }: LintSubject): Sighting[] =>
  stages.flatMap(({ stage, rows }) => [
    ...implausible('time between tokens', `stage ${stage}`, medianAt(durations.itlMs, rows)),
    ...implausible('TTFT', `stage ${stage}`, medianAt(durations.ttftMs, rows)),
    ...implausible('E2E', `stage ${stage}`, medianAt(durations.e2eMs, rows)),
  ]);

function stepSightings({ trace: { steps } }: LintSubject): Sighting[] {
  const periods = steps === undefined ? new Float64Array() : decodePeriodsUs(steps);
  if (steps === undefined || periods.length < FEWEST) return [];
  const periodMs = usToMs(median(periods));
  const gapMs = usToMs(quantile(startGapsUs(steps), 0.25));
  return [
    ...implausible('step period', 'steps', periodMs),
    ...apart('steps', 'the period of a decode step', periodMs, 'the time from start to start', gapMs),
  ];
}

/** Reports: within themselves, and against the requests of the same stage. */
const reportSightings = ({ trace, durations, stages }: LintSubject): Sighting[] =>
  reportedStages(trace).flatMap(({ stage, metrics }) => {
    const where = stageName(stage);
    const { itlMeanMs = NaN, ttftMeanMs = NaN, e2eMeanMs = NaN } = metrics;
    const rows = stages.find((candidate) => candidate.stage === stage)?.rows ?? new Int32Array();
    return [
      ...implausible('time between tokens', where, itlMeanMs),
      ...implausible('TTFT', where, ttftMeanMs),
      ...implausible('E2E', where, e2eMeanMs),
      ...apart(where, 'the reported E2E', e2eMeanMs, 'that of the requests', medianAt(durations.e2eMs, rows)),
      ...apart(
        where,
        'the reported TTFT',
        ttftMeanMs,
        'that of the requests',
        medianAt(durations.ttftMs, rows),
      ),
    ];
  });

/** Seconds, milliseconds, microseconds and nanoseconds taken for one another. */
export const unitsMixed: LintRule = {
  id: 'units-mixed',
  title: 'times in another unit than they are taken for',
  consequence: 'Every figure that follows is off by a factor of 1000.',
  remedy:
    'Look up the unit in the tool that wrote the file; docs/formats.md has those of every format read here.',
  hasEvidence: () => true,
  check: (subject) => [...requestSightings(subject), ...stepSightings(subject), ...reportSightings(subject)],
};
