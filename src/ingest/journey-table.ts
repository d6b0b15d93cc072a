import { REQUEST_STATUSES } from '../trace/trace.js';
import { ascendingOrder, bytes, doubles, integers } from './number-column.js';
import type { Journey, JourneyEvents, JourneyPoint } from './otlp-journeys.js';
import { TextColumn } from './text-column.js';

const PLACES = ['queued', 'firstToken', 'finished'] as const;
type Place = (typeof PLACES)[number];

/** The two columns of one instant: µs (NaN when absent) and step. */
class PointColumns {
  readonly #atUs = doubles();
  readonly #step = integers();

  push(point: JourneyPoint | undefined): void {
    this.#atUs.push(point?.atUs ?? Number.NaN);
    this.#step.push(point?.step ?? -1);
  }

  at(row: number): JourneyPoint | undefined {
    const atUs = this.#atUs.at(row);
    return Number.isNaN(atUs) ? undefined : { atUs, step: this.#step.at(row) };
  }
}

/** Admissions and preemptions of a request that was preempted. */
interface Interruptions {
  readonly scheduled: readonly JourneyPoint[];
  readonly preempted: readonly JourneyPoint[];
}

/** Names a span by its place in the tree, so that a child finds its parent. */
export const spanKey = (traceId: string, spanId: string): string => `${traceId}/${spanId}`;

/**
 * Journeys in columns, joined to the arrivals of their API calls while they stream by: a call and its journey stand near
 * each other in the file, so only those still waiting for their other half are kept by key.
 */
export class JourneyTable {
  /** Ids in order of appearance, each once. */
  readonly #ids = new TextColumn();
  readonly #promptTokens = integers();
  readonly #outputTokens = integers();
  readonly #status = bytes();
  readonly #stopped = bytes();
  readonly #arrivedAtUs = doubles();
  readonly #points: Readonly<Record<Place | 'scheduled', PointColumns>> = {
    queued: new PointColumns(),
    scheduled: new PointColumns(),
    firstToken: new PointColumns(),
    finished: new PointColumns(),
  };
  readonly #interrupted = new Map<number, Interruptions>();
  readonly #rowsAwaitingCall = new Map<string, number[]>();
  readonly #callsAwaitingRow = new Map<string, number>();
  #firstAtUs = Infinity;

  get length(): number {
    return this.#ids.length;
  }

  /** API calls without a journey. */
  get loneCalls(): number {
    return this.#callsAwaitingRow.size;
  }

  /** The earliest arrival or queueing, µs; Infinity when there is none. */
  get firstAtUs(): number {
    return this.#firstAtUs;
  }

  /**
   * @param parentKey of the API call the engine worked for
   * @returns false for a request that is there already: an exporter that repeats itself
   */
  add(journey: Journey, parentKey: string): boolean {
    const row = this.#ids.length;
    if (!this.#ids.add(journey.id)) return false;
    this.#promptTokens.push(journey.promptTokens);
    this.#outputTokens.push(journey.outputTokens);
    this.#status.push(REQUEST_STATUSES.indexOf(journey.status));
    this.#stopped.push(journey.stopped ? 1 : 0);
    for (const place of PLACES) this.#points[place].push(journey[place]);
    this.#points.scheduled.push(journey.scheduled[0]);
    if (journey.scheduled.length > 1 || journey.preempted.length > 0)
      this.#interrupted.set(row, { scheduled: journey.scheduled, preempted: journey.preempted });
    this.#firstAtUs = Math.min(this.#firstAtUs, journey.queued?.atUs ?? Infinity);
    const arrivedAtUs = this.#callsAwaitingRow.get(parentKey);
    this.#arrivedAtUs.push(arrivedAtUs ?? Number.NaN);
    if (arrivedAtUs !== undefined) this.#callsAwaitingRow.delete(parentKey);
    else this.#rowsAwaitingCall.set(parentKey, [...(this.#rowsAwaitingCall.get(parentKey) ?? []), row]);
    return true;
  }

  /** @param arrivedAtUs NaN when the call's arrival was not recorded */
  addCall(key: string, arrivedAtUs: number): void {
    if (arrivedAtUs < this.#firstAtUs) this.#firstAtUs = arrivedAtUs;
    const rows = this.#rowsAwaitingCall.get(key);
    if (rows === undefined) {
      this.#callsAwaitingRow.set(key, arrivedAtUs);
      return;
    }
    for (const row of rows) this.#arrivedAtUs.set(row, arrivedAtUs);
    this.#rowsAwaitingCall.delete(key);
  }

  /** Arrival at the API server, µs; undefined when it was not recorded. */
  arrivedAtUs(row: number): number | undefined {
    const atUs = this.#arrivedAtUs.at(row);
    return Number.isNaN(atUs) ? undefined : atUs;
  }

  /** Rows in the order in which they reached the engine. */
  byQueueing(): Int32Array {
    const { queued } = this.#points;
    const atUs = { length: this.length, at: (row: number): number => queued.at(row)?.atUs ?? 0 };
    return ascendingOrder(atUs) ?? Int32Array.from({ length: this.length }, (_, row) => row);
  }

  id(row: number): string {
    return this.#ids.at(row);
  }

  /** All but the id, which takes longer to read than the rest. */
  at(row: number): JourneyEvents {
    const first = this.#points.scheduled.at(row);
    const interruptions = this.#interrupted.get(row);
    return {
      promptTokens: this.#promptTokens.at(row),
      outputTokens: this.#outputTokens.at(row),
      queued: this.#points.queued.at(row),
      scheduled: interruptions?.scheduled ?? (first === undefined ? [] : [first]),
      preempted: interruptions?.preempted ?? [],
      firstToken: this.#points.firstToken.at(row),
      finished: this.#points.finished.at(row),
      status: REQUEST_STATUSES[this.#status.at(row)] ?? 'unfinished',
      stopped: this.#stopped.at(row) === 1,
    };
  }
}
