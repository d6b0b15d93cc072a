const NONE = -1;

/**
 * Seats in buckets, for "which seats does step t concern": doubly linked lists through seat numbers, oldest first. A
 * seat is in at most one bucket of a ring.
 */
export class SeatRing {
  readonly head: Int32Array;
  readonly next: Int32Array;
  readonly #tail: Int32Array;
  readonly #previous: Int32Array;

  constructor(buckets: number, seats: number) {
    this.head = new Int32Array(buckets).fill(NONE);
    this.#tail = new Int32Array(buckets).fill(NONE);
    this.next = new Int32Array(seats);
    this.#previous = new Int32Array(seats);
  }

  add(bucket: number, seat: number): void {
    const tail = this.#tail[bucket]!;
    this.next[seat] = NONE;
    this.#previous[seat] = tail;
    if (tail === NONE) this.head[bucket] = seat;
    else this.next[tail] = seat;
    this.#tail[bucket] = seat;
  }

  remove(bucket: number, seat: number): void {
    const next = this.next[seat]!;
    const previous = this.#previous[seat]!;
    if (previous === NONE) this.head[bucket] = next;
    else this.next[previous] = next;
    if (next === NONE) this.#tail[bucket] = previous;
    else this.#previous[next] = previous;
  }
}
