import { REQUEST_STATUSES, type RequestColumns, type RequestStatus } from '../trace/trace.js';
import { withoutUndefined } from '../text/object-keys.js';

/** One request on its way into the columns; instants in µs on one clock, undefined where not known. */
export interface RequestRow {
  readonly id?: string | undefined;
  readonly arrivedAtUs: number;
  readonly queuedAtUs?: number | undefined;
  readonly scheduledAtUs?: number | undefined;
  readonly firstTokenAtUs?: number | undefined;
  readonly finishedAtUs?: number | undefined;
  readonly promptTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cachedTokens?: number | undefined;
  readonly promptId?: number | undefined;
  readonly stage?: number | undefined;
  readonly status: RequestStatus;
  readonly preemptions?: number | undefined;
  readonly arrivedStep?: number | undefined;
  readonly scheduledStep?: number | undefined;
  readonly firstTokenStep?: number | undefined;
  readonly finishedStep?: number | undefined;
}

type NumericKey = Exclude<keyof RequestRow, 'id' | 'status'>;

/** Columns of requests in order of arrival (rows with equal arrivals keep their order), instants counted from `originUs`. */
export function requestTable(unsorted: readonly RequestRow[], originUs = 0): RequestColumns {
  const rows = unsorted.toSorted((a, b) => a.arrivedAtUs - b.arrivedAtUs);
  const known = (key: keyof RequestRow): boolean => rows.some((row) => row[key] !== undefined);
  const instants = (key: NumericKey): Float64Array =>
    Float64Array.from(rows, (row) => (row[key] ?? NaN) - originUs);
  const counts = (key: NumericKey): Int32Array => Int32Array.from(rows, (row) => row[key] ?? -1);
  return {
    count: rows.length,
    arrivedAtUs: instants('arrivedAtUs'),
    firstTokenAtUs: instants('firstTokenAtUs'),
    finishedAtUs: instants('finishedAtUs'),
    promptTokens: counts('promptTokens'),
    outputTokens: counts('outputTokens'),
    stage: Uint16Array.from(rows, (row) => row.stage ?? 0),
    status: Uint8Array.from(rows, (row) => REQUEST_STATUSES.indexOf(row.status)),
    ...withoutUndefined({
      ids: known('id') ? rows.map((row) => row.id ?? '') : undefined,
      queuedAtUs: known('queuedAtUs') ? instants('queuedAtUs') : undefined,
      scheduledAtUs: known('scheduledAtUs') ? instants('scheduledAtUs') : undefined,
      cachedTokens: known('cachedTokens') ? counts('cachedTokens') : undefined,
      promptId: known('promptId') ? counts('promptId') : undefined,
      preemptions: known('preemptions') ? counts('preemptions') : undefined,
      arrivedStep: known('arrivedStep') ? counts('arrivedStep') : undefined,
      scheduledStep: known('scheduledStep') ? counts('scheduledStep') : undefined,
      firstTokenStep: known('firstTokenStep') ? counts('firstTokenStep') : undefined,
      finishedStep: known('finishedStep') ? counts('finishedStep') : undefined,
    }),
  };
}

/** The same with instants counted from the first arrival. */
export const tableFromFirstArrival = (rows: readonly RequestRow[]): RequestColumns =>
  requestTable(
    rows,
    rows.reduce((least, { arrivedAtUs }) => Math.min(least, arrivedAtUs), Infinity),
  );

/**
 * Stage of each of a run's requests: the idle holes between stages are its `stages − 1` largest arrival gaps.
 * @param arrivedAtUs ascending
 */
export function splitStages(arrivedAtUs: readonly number[], stages: number): Uint16Array {
  const gaps = arrivedAtUs.slice(1).map((at, i) => ({ first: i + 1, gapUs: at - (arrivedAtUs[i] ?? at) }));
  const starts = gaps.toSorted((a, b) => b.gapUs - a.gapUs).slice(0, Math.max(0, stages - 1));
  const isStart = new Set(starts.map(({ first }) => first));
  let stage = 0;
  return Uint16Array.from(arrivedAtUs, (_, i) => (isStart.has(i) ? (stage += 1) : stage));
}
