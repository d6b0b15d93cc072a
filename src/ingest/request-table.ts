import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { REQUEST_STATUSES, type RequestColumns } from '../trace/trace.js';
import { withoutUndefined } from '../text/object-keys.js';
import { ascendingOrder, bytes, doubles, integers, type NumberColumn } from './number-column.js';
import { REQUEST_COUNTS, REQUEST_INSTANTS, type RequestRow } from './request-row.js';
import { soundRow } from './sound-row.js';

export type { RequestRow } from './request-row.js';

type Instant = (typeof REQUEST_INSTANTS)[number];
type Count = (typeof REQUEST_COUNTS)[number];

/** One column on its way, and whether any row has a value. */
class OptionalColumn<T extends Float64Array | Int32Array> {
  readonly #cells: NumberColumn<T>;
  readonly #unknown: number;
  isKnown = false;

  constructor(cells: NumberColumn<T>, unknown: number) {
    this.#cells = cells;
    this.#unknown = unknown;
  }

  push(value: number | undefined): void {
    this.isKnown ||= value !== undefined;
    this.#cells.push(value ?? this.#unknown);
  }

  take(order: Int32Array | undefined): T {
    return this.#cells.take(order);
  }
}

/** Gathers requests into columns one by one, so that no list of rows exists beside the table. */
export class RequestTableBuilder {
  readonly #log: DiagnosticLog;
  #firstAtUs = Infinity;
  readonly #ids: string[] = [];
  #hasIds = false;
  readonly #arrivals = doubles();
  readonly #status = bytes();
  readonly #instants = new Map<Instant, OptionalColumn<Float64Array>>(
    REQUEST_INSTANTS.map((key) => [key, new OptionalColumn(doubles(), Number.NaN)]),
  );
  readonly #counts = new Map<Count, OptionalColumn<Int32Array>>(
    REQUEST_COUNTS.map((key) => [key, new OptionalColumn(integers(), -1)]),
  );

  /** @param log counts what is wrong with the rows */
  constructor(log: DiagnosticLog) {
    this.#log = log;
  }

  /** Takes a request, or drops it when its instants contradict each other. */
  add(unchecked: RequestRow): void {
    const row = soundRow(unchecked, this.#log);
    if (row === undefined) return;
    this.#firstAtUs = Math.min(this.#firstAtUs, row.arrivedAtUs);
    this.#hasIds ||= row.id !== undefined;
    this.#ids.push(row.id ?? '');
    this.#arrivals.push(row.arrivedAtUs);
    this.#status.push(REQUEST_STATUSES.indexOf(row.status));
    for (const [key, column] of this.#instants) column.push(row[key]);
    for (const [key, column] of this.#counts) column.push(row[key]);
  }

  /**
   * The columns in order of arrival (equal arrivals keep their order); the builder is empty afterwards.
   * @param originUs instant that becomes 0; the first arrival when absent
   */
  finish(originUs = this.#firstAtUs): RequestColumns {
    const order = ascendingOrder(this.#arrivals);
    const instant = (key: Instant): Float64Array | undefined => {
      const column = this.#instants.get(key);
      return column?.isKnown === true ? column.take(order).map((atUs) => atUs - originUs) : undefined;
    };
    const count = (key: Count): Int32Array | undefined => {
      const column = this.#counts.get(key);
      return column?.isKnown === true ? column.take(order) : undefined;
    };
    const rows = this.#ids.length;
    const unknown = (): Float64Array => new Float64Array(rows).fill(Number.NaN);
    const unknownCount = (): Int32Array => new Int32Array(rows).fill(-1);
    return {
      count: rows,
      arrivedAtUs: instant('arrivedAtUs') ?? unknown(),
      firstTokenAtUs: instant('firstTokenAtUs') ?? unknown(),
      finishedAtUs: instant('finishedAtUs') ?? unknown(),
      promptTokens: count('promptTokens') ?? unknownCount(),
      outputTokens: count('outputTokens') ?? unknownCount(),
      stage: Uint16Array.from(count('stage') ?? new Int32Array(rows), (stage) => Math.max(0, stage)),
      status: this.#status.take(order),
      ...withoutUndefined({
        ids: this.#hasIds ? inOrder(this.#ids, order) : undefined,
        queuedAtUs: instant('queuedAtUs'),
        scheduledAtUs: instant('scheduledAtUs'),
        cachedTokens: count('cachedTokens'),
        promptId: count('promptId'),
        preemptions: count('preemptions'),
        arrivedStep: count('arrivedStep'),
        scheduledStep: count('scheduledStep'),
        firstTokenStep: count('firstTokenStep'),
        finishedStep: count('finishedStep'),
      }),
    };
  }
}

const inOrder = (ids: string[], order: Int32Array | undefined): string[] =>
  order === undefined ? ids : Array.from(order, (row) => ids[row] ?? '');

/** Columns of requests in order of arrival (rows with equal arrivals keep their order), instants as they are. */
export const requestTable = (rows: readonly RequestRow[], log: DiagnosticLog): RequestColumns =>
  filled(rows, log).finish(0);

/** The same with instants counted from the first arrival. */
export const tableFromFirstArrival = (rows: readonly RequestRow[], log: DiagnosticLog): RequestColumns =>
  filled(rows, log).finish();

function filled(rows: readonly RequestRow[], log: DiagnosticLog): RequestTableBuilder {
  const table = new RequestTableBuilder(log);
  const arrivals = new Map<string, number>();
  for (const row of rows) {
    const { id, arrivedAtUs } = row;
    if (id !== undefined && arrivals.get(id) === arrivedAtUs)
      log.add('dropped', 'request-duplicate', 'requests recorded twice: the same id at the same instant');
    else table.add(row);
    if (id !== undefined) arrivals.set(id, arrivedAtUs);
  }
  return table;
}

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
