import type { LintRule, LintSubject, Sighting, StageRows } from '../finding.js';
import { reportedStages, stageName } from '../reported-stages.js';
import { shown, shownMs, shownPct } from '../show.js';
import type { StageAggregate } from '../../trace/trace.js';
import { usToS } from '../../units.js';

/** A lag of a tenth of the TTFT changes which batch a request meets; a lag of a TTFT is a queue in the client. */
const WARNING_LAG_RATIO = 0.1;
const ERROR_LAG_RATIO = 1;
/** Requests sent at less than this share of the asked rate, beyond chance, were held back by the client. */
const SLOW_RATIO = 0.95;
const FEWEST = 30;
const SIGMAS = 4;

function lagSighting({
  stage,
  sendLagMeanMs: meanMs,
  sendLagP99Ms: p99Ms,
  metrics,
}: StageAggregate): Sighting[] {
  if (meanMs === undefined) return [];
  const ratio = meanMs / (metrics['ttftMeanMs'] ?? NaN);
  if (!(ratio >= WARNING_LAG_RATIO)) return [];
  return [
    {
      severity: ratio >= ERROR_LAG_RATIO ? 'error' : 'warning',
      where: stageName(stage),
      found:
        `requests left the client ${shownMs(meanMs)} late on average` +
        (p99Ms === undefined ? '' : ` (p99 ${shownMs(p99Ms)})`) +
        `, ${shownPct(ratio)} of the mean TTFT`,
      figures: { lagMeanMs: meanMs, lagOverTtftRatio: ratio },
    },
  ];
}

/** Rate at which a stage's requests really left the client, from their arrivals. */
function sentPerS({ requests }: LintSubject, { rows }: StageRows): number {
  const spanUs = requests.arrivedAtUs[rows.at(-1)!]! - requests.arrivedAtUs[rows[0]!]!;
  return (rows.length - 1) / usToS(spanUs);
}

function rateSighting(subject: LintSubject, stage: StageRows): Sighting[] {
  const report = subject.trace.stages?.find((candidate) => candidate.stage === stage.stage);
  const askedPerS = report?.requestedRatePerS;
  const n = stage.rows.length;
  if (askedPerS === undefined || n < FEWEST) return [];
  const ratio = sentPerS(subject, stage) / askedPerS;
  if (!(ratio < SLOW_RATIO && ratio < 1 - SIGMAS / Math.sqrt(n))) return [];
  return [
    {
      severity: 'error',
      where: `stage ${stage.stage}`,
      found: `${shown(ratio * askedPerS)} requests/s were sent where ${shown(askedPerS)} were asked for`,
      figures: { sentPerS: ratio * askedPerS, askedPerS },
    },
  ];
}

/** Load generators that cannot keep up, or wait for a free connection, before they send. */
export const clientSendLag: LintRule = {
  id: 'client-send-lag',
  title: 'requests sent later, or slower, than the load asked for',
  consequence:
    'The server saw less load than the run is labelled with, and the wait in the client is in no latency.',
  remedy:
    'Replay the recorded arrivals, not the configured rate; give the client more workers and connections.',
  hasEvidence: ({ trace, requests }) =>
    reportedStages(trace).some(
      ({ sendLagMeanMs, requestedRatePerS }) =>
        sendLagMeanMs !== undefined || (requestedRatePerS !== undefined && requests.count >= FEWEST),
    ),
  check: (subject) => [
    ...reportedStages(subject.trace).flatMap(lagSighting),
    ...subject.stages.flatMap((stage) => rateSighting(subject, stage)),
  ],
};
