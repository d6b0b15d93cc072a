import { DiagnosticLog } from '../../trace/diagnostic-log.js';
import { mean } from 'simple-statistics';
import {
  REQUEST_MEASURES,
  type RequestErrors,
  type RequestMeasure,
} from '../../validate/requests/compare-requests.js';
import { SATURATION_VERDICTS } from '../../validate/index.js';
import type { RequestValidation } from '../../validate/requests/validate-run.js';
import { diagnosticList } from '../diagnostic-list.js';
import { heading, left, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { count, MISSING, pct, signedPct } from '../format.js';
import { kneePlace, shortModel } from './experiment-table.js';

const TITLES: Readonly<Record<RequestMeasure, string>> = { e2e: 'E2E', itl: 'ITL', ttft: 'TTFT' };

const errorsOf = ({ errors }: RequestValidation, measure: RequestMeasure): RequestErrors | undefined =>
  errors.find((entry) => entry.measure === measure);

const mapeOf = (run: RequestValidation, measure: RequestMeasure): number | undefined =>
  errorsOf(run, measure)?.perRequest.mapePct;

const percentileCells = (run: RequestValidation, measure: RequestMeasure): string[] => {
  const found = errorsOf(run, measure)?.percentiles;
  return found === undefined
    ? [MISSING, MISSING, MISSING]
    : found.map((entry) => signedPct(entry.errorPct));
};

const seen = ({ modelWasFitted }: RequestValidation): string =>
  modelWasFitted === undefined ? MISSING : modelWasFitted ? 'yes' : 'no';

const runRow = (run: RequestValidation): string[] => [
  run.run,
  `${shortModel(run.model)}, ${run.gpu} x${run.tensorParallelSize}`,
  seen(run),
  count(run.requests),
  count(run.failed),
  kneePlace(run),
  ...REQUEST_MEASURES.map((measure) => pct(mapeOf(run, measure))),
  ...REQUEST_MEASURES.flatMap((measure) => percentileCells(run, measure)),
];

const COLUMNS = [
  left('run'),
  left('served'),
  left('model fitted'),
  right('requests'),
  right('failed'),
  left('knee'),
  ...REQUEST_MEASURES.map((measure) => right(`${TITLES[measure]} |%|`)),
  ...REQUEST_MEASURES.flatMap((measure) =>
    ['p50', 'p90', 'p99'].map((percentile) => right(`${TITLES[measure]} ${percentile} %`)),
  ),
];

/** Means over the runs of their mean absolute errors. */
function summaryRow(title: string, runs: readonly RequestValidation[]): string[][] {
  if (runs.length === 0) return [];
  const cells = REQUEST_MEASURES.map((measure) => {
    const known = runs.flatMap((run) => mapeOf(run, measure) ?? []);
    return known.length === 0 ? MISSING : pct(mean(known));
  });
  return [[title, count(runs.length), ...cells]];
}

function summary(runs: readonly RequestValidation[]): Block[] {
  const calm = runs.filter((run) => !run.overloaded);
  return table(
    [left('runs'), right('n'), ...REQUEST_MEASURES.map((measure) => right(`${TITLES[measure]} |%|`))],
    [
      ...summaryRow('not overloaded', calm),
      ...summaryRow(
        '  of models that were fitted',
        calm.filter((run) => run.modelWasFitted === true),
      ),
      ...summaryRow(
        '  of other models',
        calm.filter((run) => run.modelWasFitted === false),
      ),
      ...summaryRow(
        'overloaded',
        runs.filter((run) => run.overloaded),
      ),
      ...SATURATION_VERDICTS.flatMap((side) =>
        summaryRow(
          `${side} the knee`,
          runs.filter((run) => run.verdict === side),
        ),
      ),
    ],
  );
}

const group = (title: string, note: string, runs: readonly RequestValidation[]): Block[] =>
  runs.length === 0 ? [] : [heading(2, title), paragraph(note), ...table(COLUMNS, runs.map(runRow))];

function noticed(runs: readonly RequestValidation[]): Block[] {
  const log = new DiagnosticLog();
  for (const run of runs) log.addAll(run.diagnostics);
  return diagnosticList('Noticed while reading and replaying', log.list());
}

/** Runs against their replays, request by request: not overloaded, then overloaded. */
export const requestReport = (
  coefficientSet: string,
  runs: readonly RequestValidation[],
  coldStart = false,
): ReportDocument => [
  heading(1, 'Request by request'),
  paragraph(
    `Each run's own requests sent again and each compared with itself; coefficients: ${coefficientSet}${coldStart ? ', servers compile kernels when first needed' : ''}. |%| is the mean absolute ` +
      'error of single requests, the percentiles are those of the whole distribution. Where in the running step a request ' +
      'arrives is chance, and half a step is a tenth of a short TTFT or more. Knee: the rate offered by the busiest stage as a share of the one from which on queues grow.',
  ),
  ...summary(runs),
  ...group(
    'Not overloaded',
    'The server kept up.',
    runs.filter((run) => !run.overloaded),
  ),
  ...group(
    'Overloaded',
    'Above the knee in simulation, or over 1 % of the requests failed: a statement about capacity, not latency. Clients of the replay ' +
      'never give up; requests that failed in the measurement are not compared.',
    runs.filter((run) => run.overloaded),
  ),
  ...noticed(runs),
];
