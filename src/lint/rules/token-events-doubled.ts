import { diagnosed } from '../diagnosed.js';
import type { LintRule, LintSubject, Sighting } from '../finding.js';
import { decodePeriodsUs, knownAt, mean, median } from '../samples.js';
import { reportedStages, stageName } from '../reported-stages.js';
import { shown, shownMs } from '../show.js';
import { usToMs } from '../../units.js';

/** Gaps counted twice halve the time between tokens; N tokens give 2N + 1 gaps for N − 1 true ones, so a little more than 2. */
const DOUBLED = { from: 1.8, to: 2.4 } as const;
const FEWEST = 10;

const isDoubled = (ratio: number): boolean => ratio >= DOUBLED.from && ratio <= DOUBLED.to;

/** A stage report against the requests of the same stage, or against its own mean output length. */
function reportSightings({ trace, durations, stages }: LintSubject): Sighting[] {
  return reportedStages(trace).flatMap(({ stage, metrics, meanOutputTokens }): Sighting[] => {
    const { itlMeanMs: reported, e2eMeanMs: e2e, ttftMeanMs: ttft } = metrics;
    if (reported === undefined || !(reported > 0)) return [];
    const rows = stages.find((candidate) => candidate.stage === stage)?.rows;
    const own = rows === undefined ? new Float64Array() : knownAt(durations.itlMs, rows);
    const perToken =
      e2e !== undefined && ttft !== undefined && meanOutputTokens !== undefined && meanOutputTokens > 1
        ? (e2e - ttft) / (meanOutputTokens - 1)
        : NaN;
    const trueMs = own.length >= FEWEST ? mean(own) : perToken;
    if (!isDoubled(trueMs / reported)) return [];
    return [
      {
        severity: 'error',
        where: stageName(stage),
        found:
          `the report's mean inter-token latency is ${shownMs(reported)}, but (E2E − TTFT) ÷ (tokens − 1) is ` +
          `${shownMs(trueMs)}, ${shown(trueMs / reported)} times as much`,
        figures: { reportedItlMs: reported, perTokenMs: trueMs },
      },
    ];
  });
}

/** The engine's own step time against the client's time between tokens. */
function stepSightings({ trace, durations }: LintSubject): Sighting[] {
  const itl = durations.itlMs.filter((ms) => !Number.isNaN(ms));
  const periods = trace.steps === undefined ? new Float64Array() : decodePeriodsUs(trace.steps);
  if (itl.length < FEWEST || periods.length < FEWEST) return [];
  const [periodMs, itlMs] = [usToMs(median(periods)), median(itl)];
  if (!isDoubled(periodMs / itlMs)) return [];
  return [
    {
      severity: 'error',
      where: 'run',
      found:
        `a decode step takes ${shownMs(periodMs)}, but requests seem to get a token every ${shownMs(itlMs)}: ` +
        `${shown(periodMs / itlMs)} tokens a step`,
      figures: { stepPeriodMs: periodMs, itlMs },
    },
  ];
}

/** What the importer of inference-perf reports found when it rebuilt their time per token. */
function importerSightings({ trace }: LintSubject): Sighting[] {
  const repaired = diagnosed(trace, 'stage-itl-doubled');
  const odd = diagnosed(trace, 'stage-itl-inconsistent');
  return [
    ...(repaired === undefined ? [] : [{ ...repairedSighting, figures: { reports: repaired.count } }]),
    ...(odd === undefined ? [] : [{ ...oddSighting, figures: { reports: odd.count } }]),
  ];
}

const repairedSighting = {
  severity: 'note',
  where: 'run',
  found:
    "the load generator's reports count every token twice; ITL here is (E2E − TTFT) ÷ (tokens − 1) instead of theirs",
} as const;

const oddSighting = {
  severity: 'warning',
  where: 'run',
  found:
    "the reports' time per token fits neither one event a token nor two: a wrong output length, or several tokens a step " +
    '(speculative decoding)',
} as const;

/** inference-perf up to v0.2 (and 14 Nov 2025) records two stream lines per token: reports' ITL is half the truth. */
export const tokenEventsDoubled: LintRule = {
  id: 'token-events-doubled',
  title: 'every token counted as two events',
  consequence:
    'The time between tokens comes out at half of what it was, and so does every coefficient fitted to it.',
  remedy: 'Take (E2E − TTFT) ÷ (generated tokens − 1), or a load generator that records one time per token.',
  hasEvidence: ({ trace, requests }) =>
    reportedStages(trace).some(({ metrics }) => metrics['itlMeanMs'] !== undefined) ||
    (trace.steps !== undefined && requests.count > 0),
  check: (subject) => [...reportSightings(subject), ...stepSightings(subject), ...importerSightings(subject)],
};
