import { diagnosed } from '../diagnosed.js';
import type { LintRule, LintSubject, Sighting } from '../finding.js';
import { shown } from '../show.js';
import type { StepColumns } from '../../trace/trace.js';
import { usToS } from '../../units.js';

/** Beyond the last request, an engine may still run this long. */
const SLACK_S = 60;
/** Share of requests that reach the engine before they were sent, from which on it is not rounding. */
const EARLY_RATIO = 0.001;

/** First and last known start of a step, in seconds; none when the source has no times of day. */
function stepSpanS({ scheduledAtUs }: StepColumns): { fromS: number; toS: number } | undefined {
  const known = scheduledAtUs.filter((us) => !Number.isNaN(us));
  return known.length === 0 ? undefined : { fromS: usToS(known[0]!), toS: usToS(known.at(-1)!) };
}

/** Steps that ran while no request was there belong to another clock, or to another run. */
function apartSighting({ trace }: LintSubject): Sighting[] {
  const { steps, requests } = trace;
  if (diagnosed(trace, 'step-clock-differs') !== undefined) return [];
  const span = steps === undefined || steps.count === 0 ? undefined : stepSpanS(steps);
  if (span === undefined || requests.count === 0) return [];
  const fromS = usToS(requests.arrivedAtUs[0]!);
  let toS = usToS(requests.arrivedAtUs[requests.count - 1]!);
  for (const us of requests.finishedAtUs) if (!Number.isNaN(us)) toS = Math.max(toS, usToS(us));
  if (span.fromS <= toS + SLACK_S && span.toS >= fromS - SLACK_S) return [];
  return [
    {
      severity: 'error',
      where: 'run',
      found:
        `steps run from ${shown(span.fromS)} to ${shown(span.toS)} s, requests from ${shown(fromS)} to ${shown(toS)} s: ` +
        'they are on different clocks',
      figures: { stepsFromS: span.fromS, stepsToS: span.toS, requestsFromS: fromS, requestsToS: toS },
    },
  ];
}

/** A first token before the engine scheduled the request: the client's instants beside those of another host. */
function earlySighting({ requests }: LintSubject): Sighting[] {
  const { queuedAtUs, scheduledAtUs, firstTokenAtUs, arrivedAtUs } = requests;
  let early = 0;
  for (let row = 0; row < requests.count; row++) {
    const queued = queuedAtUs?.[row] ?? NaN;
    const scheduled = scheduledAtUs?.[row] ?? NaN;
    if (queued < arrivedAtUs[row]! || firstTokenAtUs[row]! < scheduled) early++;
  }
  if (early === 0 || early < EARLY_RATIO * requests.count) return [];
  return [
    {
      severity: 'error',
      where: 'run',
      found: `${early} of ${requests.count} requests reach the engine before they were sent, or get a token before they run`,
      figures: { early, requests: requests.count },
    },
  ];
}

function importerSightings({ trace }: LintSubject): Sighting[] {
  const queued = diagnosed(trace, 'request-arrival-queued');
  const unjoined = diagnosed(trace, 'part-not-joined');
  const apart = diagnosed(trace, 'step-clock-differs');
  return [
    ...(apart === undefined
      ? []
      : [
          {
            severity: 'note' as const,
            where: 'run',
            found: `${apart.count} steps are on another clock than the requests: both start at 0 here, which is no common instant`,
            figures: { steps: apart.count },
          },
        ]),
    ...(queued === undefined
      ? []
      : [
          {
            severity: 'warning' as const,
            where: 'run',
            found: `${queued.count} requests are timed from when the engine took them in, not from when they were sent`,
            figures: { requests: queued.count },
          },
        ]),
    ...(unjoined === undefined
      ? []
      : [
          {
            severity: 'note' as const,
            where: 'run',
            found: `${unjoined.count} ${unjoined.message}; they are left out`,
            figures: { rows: unjoined.count },
          },
        ]),
  ];
}

/** Instants of clocks that share no zero: wall and monotonic, client and server, two hosts. */
export const clocksMixed: LintRule = {
  id: 'clocks-mixed',
  title: 'instants of different clocks side by side',
  consequence:
    'Differences between them are no durations: TTFT holds the offset of two clocks, and it drifts.',
  remedy:
    'Take both instants of a difference from one clock; across processes only monotonic times of one host compare.',
  hasEvidence: ({ requests, trace }) =>
    requests.count > 0 &&
    (requests.queuedAtUs !== undefined || requests.scheduledAtUs !== undefined || trace.steps !== undefined),
  check: (subject) => [...apartSighting(subject), ...earlySighting(subject), ...importerSightings(subject)],
};
