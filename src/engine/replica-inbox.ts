import type { Arrivals } from './arrivals.js';

interface Routed {
  readonly row: number;
  readonly sentUs: number;
  readonly inboxUs: number;
}

/** Arrivals of one data-parallel replica: what was routed to it. Responses go on to the source of all requests. */
export class ReplicaInbox implements Arrivals {
  taken = 0;
  finished = 0;
  readonly #source: Arrivals;
  readonly #queue: Routed[] = [];

  constructor(source: Arrivals) {
    this.#source = source;
  }

  get nextRow(): number {
    return this.#queue[0]!.row;
  }

  get nextInboxUs(): number {
    return this.#queue[0]?.inboxUs ?? Infinity;
  }

  /** Routes the source's next request here. */
  receive(): void {
    const { nextRow: row, nextInboxUs: inboxUs } = this.#source;
    this.#queue.push({ row, inboxUs, sentUs: this.#source.take() });
  }

  take(): number {
    this.taken++;
    return this.#queue.shift()!.sentUs;
  }

  responded(row: number, atUs: number): void {
    this.finished++;
    this.#source.responded(row, atUs);
  }
}
