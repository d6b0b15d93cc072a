import { mean } from 'simple-statistics';
import { TruelineError } from '../errors.js';
import { summarise, type SampleSummary } from '../stats/sample-summary.js';
import { usToS } from '../units.js';
import {
  FINISHED,
  MIN_TOKENS_FOR_ITL,
  requestDurations,
  type RequestDurations,
} from './request-durations.js';
import { REQUEST_STATUSES, type RequestColumns, type RequestStatus, type Trace } from './trace.js';

/**
 * Every metric of a trace, measured or simulated, is computed here and nowhere else.
 *
 * Per request: TTFT = first token − arrival; E2E = last token − arrival; time per generated token (our one ITL, also
 * called TPOT) = (E2E − TTFT) / (generated tokens − 1), defined from two tokens on. Instants are of the trace's one clock.
 * Per group: mean and percentiles over its *finished* requests; percentiles are of type 7 (see `stats/sample-summary`).
 */

/** The metrics of a set of requests, in the order reports show them. */
export const METRIC_NAMES = [
  'ttftMeanMs',
  'ttftP50Ms',
  'ttftP90Ms',
  'ttftP99Ms',
  'itlMeanMs',
  'e2eMeanMs',
  'e2eP50Ms',
  'e2eP90Ms',
  'e2eP99Ms',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];

/** The whole trace, or one load stage of it. */
export type StageKey = number | 'all';

/** Requests of a group by how they ended, and how many of the finished ones each sample lacks. */
export interface RequestCounts {
  readonly requests: number;
  readonly finished: number;
  readonly failed: number;
  readonly aborted: number;
  readonly unfinished: number;
  /** Finished requests without a known TTFT, E2E, or (from two tokens on, or with an unknown count) ITL. */
  readonly excluded: { readonly ttft: number; readonly itl: number; readonly e2e: number };
}

/** What a group of requests got. Rates are over first arrival → last finish; absent when that span is not positive. */
export interface GroupMetrics {
  readonly stage: StageKey;
  readonly counts: RequestCounts;
  /** A metric whose sample is empty is absent. */
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  readonly requestsPerS?: number;
  /** Absent too when no finished request has a known count of generated tokens. */
  readonly generatedTokensPerS?: number;
}

/** The load stages present in a trace, ascending. */
export function traceStages(requests: RequestColumns): number[] {
  return [...new Set(requests.stage)].toSorted((a, b) => a - b);
}

interface Group {
  /** Rows that finished. */
  readonly rows: Int32Array;
  /** Rows by status, in the order of REQUEST_STATUSES. */
  readonly byStatus: readonly number[];
}

function selectGroup(requests: RequestColumns, stage: StageKey): Group {
  const rows = new Int32Array(requests.count);
  const byStatus = REQUEST_STATUSES.map(() => 0);
  let n = 0;
  for (let i = 0; i < requests.count; i++) {
    if (stage !== 'all' && requests.stage[i] !== stage) continue;
    const status = requests.status[i]!;
    byStatus[status]! += 1;
    if (status === FINISHED) rows[n++] = i;
  }
  return { rows: rows.subarray(0, n), byStatus };
}

function knownValues(column: Float64Array, rows: Int32Array): number[] {
  const values: number[] = [];
  for (const row of rows) {
    const value = column[row]!;
    if (!Number.isNaN(value)) values.push(value);
  }
  return values;
}

type Rates = Pick<GroupMetrics, 'requestsPerS' | 'generatedTokensPerS'>;

function rates(requests: RequestColumns, rows: Int32Array): Rates {
  let first = Infinity;
  let last = -Infinity;
  let tokens = 0;
  let counted = 0;
  for (const row of rows) {
    first = Math.min(first, requests.arrivedAtUs[row]!);
    last = Math.max(last, requests.finishedAtUs[row]!);
    const generated = requests.outputTokens[row]!;
    if (generated < 0) continue;
    tokens += generated;
    counted++;
  }
  const spanS = usToS(last - first);
  if (!(spanS > 0 && spanS < Infinity)) return {};
  return { requestsPerS: rows.length / spanS, ...(counted > 0 && { generatedTokensPerS: tokens / spanS }) };
}

type Samples = Readonly<Record<'ttft' | 'itl' | 'e2e', readonly number[]>>;

function countGroup(requests: RequestColumns, { rows, byStatus }: Group, samples: Samples): RequestCounts {
  const of = (status: RequestStatus): number => byStatus[REQUEST_STATUSES.indexOf(status)]!;
  const singleTokens = rows.filter((row) => {
    const tokens = requests.outputTokens[row]!;
    return tokens >= 0 && tokens < MIN_TOKENS_FOR_ITL;
  }).length;
  return {
    requests: byStatus.reduce((sum, n) => sum + n, 0),
    finished: rows.length,
    failed: of('failed'),
    aborted: of('aborted'),
    unfinished: of('unfinished'),
    excluded: {
      ttft: rows.length - samples.ttft.length,
      itl: rows.length - singleTokens - samples.itl.length,
      e2e: rows.length - samples.e2e.length,
    },
  };
}

function namedMetrics(samples: Samples): Partial<Record<MetricName, number>> {
  const summary = (name: 'ttft' | 'e2e'): SampleSummary | undefined =>
    samples[name].length === 0 ? undefined : summarise(samples[name], name);
  const ttft = summary('ttft');
  const e2e = summary('e2e');
  return {
    ...(ttft && { ttftMeanMs: ttft.mean, ttftP50Ms: ttft.p50, ttftP90Ms: ttft.p90, ttftP99Ms: ttft.p99 }),
    ...(samples.itl.length > 0 && { itlMeanMs: mean(samples.itl) }),
    ...(e2e && { e2eMeanMs: e2e.mean, e2eP50Ms: e2e.p50, e2eP90Ms: e2e.p90, e2eP99Ms: e2e.p99 }),
  };
}

/**
 * Metrics, counts and rates of a whole trace or one of its stages.
 * @param durations of the same trace, when the caller has them already
 * @throws SAMPLE_EMPTY when no request of the group finished
 */
export function groupMetrics(
  trace: Pick<Trace, 'requests'>,
  stage: StageKey = 'all',
  durations: RequestDurations = requestDurations(trace.requests),
): GroupMetrics {
  const { requests } = trace;
  const group = selectGroup(requests, stage);
  if (group.rows.length === 0) {
    const where = stage === 'all' ? 'the trace' : `stage ${stage}`;
    throw new TruelineError('SAMPLE_EMPTY', `no request of ${where} finished`, {
      hint: 'Metrics are over finished requests only: look at the counts of failed and unfinished ones.',
    });
  }
  const samples = {
    ttft: knownValues(durations.ttftMs, group.rows),
    itl: knownValues(durations.itlMs, group.rows),
    e2e: knownValues(durations.e2eMs, group.rows),
  };
  return {
    stage,
    counts: countGroup(requests, group, samples),
    metrics: namedMetrics(samples),
    ...rates(requests, group.rows),
  };
}

const hasEveryMetric = (
  metrics: Readonly<Partial<Record<MetricName, number>>>,
): metrics is Readonly<Record<MetricName, number>> =>
  METRIC_NAMES.every((name) => metrics[name] !== undefined);

/**
 * All metrics of a whole trace or one stage, for callers that need every one of them.
 * @throws SAMPLE_EMPTY when no request finished, or a metric has no sample (every request generated one token, or the
 * source has no first-token instants)
 */
export function requestMetrics(
  trace: Pick<Trace, 'requests'>,
  options: { readonly stage?: StageKey } = {},
): Readonly<Record<MetricName, number>> {
  const { metrics } = groupMetrics(trace, options.stage ?? 'all');
  if (hasEveryMetric(metrics)) return metrics;
  const missing = METRIC_NAMES.filter((name) => metrics[name] === undefined);
  throw new TruelineError('SAMPLE_EMPTY', `no finished request has ${missing.join(', ')}`);
}
