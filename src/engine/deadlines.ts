import TinyQueue from 'tinyqueue';
import type { RequestLog } from './request-log.js';
import type { RequestTable } from './request-table.js';

interface Deadline {
  readonly row: number;
  readonly reachesUs: number;
}

/** When clients give up on the requests the engine has received: instants at which the abort reaches its inbox. */
export class Deadlines {
  /** The next abort, or earlier when its request has ended meanwhile; Infinity when there is none. */
  nextUs = Infinity;
  readonly #table: RequestTable;
  readonly #log: RequestLog;
  readonly #frontBeforeUs: number;
  readonly #queue = new TinyQueue<Deadline>([], (a, b) => a.reachesUs - b.reachesUs || a.row - b.row);

  constructor(table: RequestTable, log: RequestLog, frontBeforeUs: number) {
    this.#table = table;
    this.#log = log;
    this.#frontBeforeUs = frontBeforeUs;
  }

  /** The engine has received a request, whose `arrivedAtUs` is in the log. */
  watch(row: number): void {
    const reachesUs = givenUpAtUs(this.#table, this.#log, row) + this.#frontBeforeUs;
    if (reachesUs === Infinity) return;
    this.#queue.push({ row, reachesUs });
    this.nextUs = this.#queue.peek()!.reachesUs;
  }

  /** Takes the next abort; its row, or −1 when the request has ended already. */
  take(): number {
    const { row } = this.#queue.pop()!;
    this.nextUs = this.#queue.peek()?.reachesUs ?? Infinity;
    return Number.isNaN(this.#log.finishedAtUs[row]!) ? row : -1;
  }
}

/** When the client of a request that was sent stops waiting for it; Infinity for never. */
export const givenUpAtUs = (table: RequestTable, log: RequestLog, row: number): number =>
  table.abortAfterUs === undefined ? Infinity : log.arrivedAtUs[row]! + table.abortAfterUs[row]!;
