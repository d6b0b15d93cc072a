import type { LintRule, LintSubject, Severity, Sighting, StageRows } from '../finding.js';
import { mean, someKnown } from '../samples.js';
import { reportedStages, stageName } from '../reported-stages.js';
import { counted, shown, shownPct } from '../show.js';
import { FINISHED } from '../../trace/request-durations.js';
import { REQUEST_STATUSES } from '../../trace/trace.js';
import { usToS } from '../../units.js';

const [FAILED, ABORTED, UNFINISHED] = (['failed', 'aborted', 'unfinished'] as const).map((status) =>
  REQUEST_STATUSES.indexOf(status),
);
/** From here the p95 of the rest is no longer the p95 of the run, and means lose their slowest part. */
const ERROR_RATIO = 0.05;
/** From here the p99 is no longer that of the run. */
const WARNING_RATIO = 0.01;
/** Failures that end within 1 % of one another were cut off by one clock. */
const TIMEOUT_SPREAD_RATIO = 0.01;

const severityOf = (ratio: number): Severity =>
  ratio >= ERROR_RATIO ? 'error' : ratio >= WARNING_RATIO ? 'warning' : 'note';

/** Seconds after which the client gave up, when all failures took about equally long. */
function timeoutS({ requests }: LintSubject, lost: Int32Array): number | undefined {
  const lasted = Float64Array.from(lost, (row) =>
    usToS(requests.finishedAtUs[row]! - requests.arrivedAtUs[row]!),
  );
  const known = lasted.filter((s) => !Number.isNaN(s)).toSorted();
  if (known.length < 3) return undefined;
  const middle = known[Math.floor(known.length / 2)]!;
  const near = known.filter((s) => Math.abs(s / middle - 1) <= TIMEOUT_SPREAD_RATIO).length;
  return near >= 0.9 * known.length ? mean(known) : undefined;
}

function failedSighting(subject: LintSubject, { stage, rows }: StageRows): Sighting[] {
  const { status } = subject.requests;
  const failed = rows.filter((row) => status[row] === FAILED || status[row] === ABORTED);
  if (failed.length === 0) return [];
  const ratio = failed.length / rows.length;
  const limitS = timeoutS(subject, failed);
  const cutOff =
    limitS === undefined ? '' : `, nearly all after ${shown(limitS)} s: a time limit of the client`;
  return [
    {
      severity: severityOf(ratio),
      where: stageName(stage),
      found: `${failed.length} of ${counted(rows.length, 'request')} failed or were aborted (${shownPct(ratio)})${cutOff}`,
      figures: { failed: failed.length, requests: rows.length, ...(limitS === undefined ? {} : { limitS }) },
    },
  ];
}

function endlessSighting({ requests }: LintSubject, { stage, rows }: StageRows): Sighting[] {
  const endless = rows.filter((row) => requests.status[row] === UNFINISHED).length;
  if (endless === 0) return [];
  const ratio = endless / rows.length;
  return [
    {
      severity: severityOf(ratio),
      where: stageName(stage),
      found:
        `${endless} of ${counted(rows.length, 'request')} have no end (${shownPct(ratio)}): the recording stopped first, ` +
        'or their latencies are in another file',
      figures: { unfinished: endless, requests: rows.length },
    },
  ];
}

/** The same from reports, for stages without single requests. */
function reportSightings({ trace, stages }: LintSubject): Sighting[] {
  return reportedStages(trace).flatMap(({ stage, requests, failed = 0 }): Sighting[] => {
    if (failed === 0 || stages.length > 0) return [];
    const ratio = failed / requests;
    return [
      {
        severity: severityOf(ratio),
        where: stageName(stage),
        found: `${failed} of ${counted(requests, 'request')} failed (${shownPct(ratio)})`,
        figures: { failed, requests },
      },
    ];
  });
}

/** Metrics are over finished requests; those that did not finish are usually the slowest. */
export const failedRequests: LintRule = {
  id: 'failed-requests',
  title: 'requests that failed, were aborted or never ended',
  consequence: 'Means and percentiles describe the survivors, while the server worked for the others too.',
  remedy:
    'Raise the client’s time limit or lower the rate, and measure again; never fit a run that lost 5 % or more.',
  hasEvidence: ({ requests, durations, trace }) =>
    someKnown(durations.e2eMs) ||
    requests.status.some((status) => status !== FINISHED) ||
    reportedStages(trace).some(({ failed }) => failed !== undefined),
  check: (subject) => [
    ...subject.stages.flatMap((stage) => [
      ...failedSighting(subject, stage),
      ...endlessSighting(subject, stage),
    ]),
    ...reportSightings(subject),
  ],
};
