import TinyQueue from 'tinyqueue';

const NONE = -1;

/**
 * Requests without a seat, by row number. Source: vLLM v0.15.1, request_queue.py.
 */
export interface WaitingQueue {
  readonly size: number;
  /** The request to be admitted next, or −1. */
  head(): number;
  /** A request that has just arrived. */
  append(row: number): void;
  /** A preempted request. */
  prepend(row: number): void;
  /** A request that was admitted (the head) or has ended while it waited. */
  remove(row: number): void;
}

/** First come, first served; preempted requests go to the front. A doubly linked list through row numbers. */
export class FcfsQueue implements WaitingQueue {
  size = 0;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #end: number;

  constructor(rows: number) {
    this.#end = rows;
    this.#next = new Int32Array(rows + 1).fill(rows);
    this.#previous = new Int32Array(rows + 1).fill(rows);
  }

  head(): number {
    return this.size === 0 ? NONE : this.#next[this.#end]!;
  }

  append(row: number): void {
    this.#insert(this.#previous[this.#end]!, row, this.#end);
  }

  prepend(row: number): void {
    this.#insert(this.#end, row, this.#next[this.#end]!);
  }

  remove(row: number): void {
    const next = this.#next[row]!;
    const previous = this.#previous[row]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.size--;
  }

  #insert(previous: number, row: number, next: number): void {
    this.#next[previous] = row;
    this.#previous[row] = previous;
    this.#next[row] = next;
    this.#previous[next] = row;
    this.size++;
  }
}

/** Lowest (priority, row) first; rows are in arrival order. "Front" has no meaning here. */
export class PriorityQueue implements WaitingQueue {
  size = 0;
  readonly #heap: TinyQueue<number>;
  readonly #removed = new Set<number>();

  constructor(priority: Int32Array) {
    this.#heap = new TinyQueue<number>([], (a, b) => priority[a]! - priority[b]! || a - b);
  }

  head(): number {
    for (let row = this.#heap.peek(); row !== undefined; row = this.#heap.peek()) {
      if (!this.#removed.delete(row)) return row;
      this.#heap.pop();
    }
    return NONE;
  }

  append(row: number): void {
    this.#heap.push(row);
    this.size++;
  }

  prepend(row: number): void {
    this.append(row);
  }

  remove(row: number): void {
    if (this.#heap.peek() === row) this.#heap.pop();
    else this.#removed.add(row);
    this.size--;
  }
}
