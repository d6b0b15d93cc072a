/** Still computing known tokens (the prompt, and outputs after a preemption). */
export const PREFILL = 0;
/** Computes one token per step. */
export const DECODE = 1;
/** Its last token is certain to come out of a scheduled step; keeps seat and blocks until that step is processed. */
export const FINISHING = 2;

const NONE = -1;

/**
 * The running requests: one seat each, linked in admission order. All columns are indexed by seat.
 *
 * A decode request is not touched in steps in which nothing special happens to it: with `anchor` the step that computed
 * its last known token, its context after step t is `target + t − anchor` tokens. A step that leaves it out moves the
 * anchor by one. Source of the order: vLLM v0.15.1, scheduler.py (`self.running`).
 */
export class Seats {
  count = 0;
  first = NONE;
  last = NONE;
  /** Row of the request table. */
  readonly row: Int32Array;
  readonly phase: Uint8Array;
  /** Known tokens at admission: what prefill computes. */
  readonly target: Int32Array;
  /** Tokens computed so far, in prefill; cached ones included. */
  readonly computed: Int32Array;
  /** Tokens scheduled in the step being formed, and that step. */
  readonly chunk: Int32Array;
  readonly scheduledStep: Int32Array;
  readonly anchor: Int32Array;
  /** Last step that left a decode request out, and the last before that. */
  readonly skippedStep: Int32Array;
  readonly skippedEarlier: Int32Array;
  /** Step that computes the last token. */
  readonly finishStep: Int32Array;
  /** Admission number: later in the list is larger. */
  readonly order: Float64Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** Vacant seats as a stack. */
  readonly #vacant: Int32Array;
  #admissions = 0;

  constructor(capacity: number) {
    const column = () => new Int32Array(capacity);
    this.row = column();
    this.phase = new Uint8Array(capacity);
    this.target = column();
    this.computed = column();
    this.chunk = column();
    this.scheduledStep = column();
    this.anchor = column();
    this.skippedStep = column();
    this.skippedEarlier = column();
    this.finishStep = column();
    this.order = new Float64Array(capacity);
    this.next = column();
    this.previous = column();
    this.#vacant = Int32Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
  }

  /** The seat that `take` would give; valid while one is vacant. */
  vacant(): number {
    return this.#vacant[this.#vacant.length - 1 - this.count]!;
  }

  /** Seats a request behind all others, in prefill. */
  take(row: number, target: number, computed: number): number {
    const seat = this.vacant();
    this.count++;
    this.row[seat] = row;
    this.phase[seat] = PREFILL;
    this.target[seat] = target;
    this.computed[seat] = computed;
    this.scheduledStep[seat] = NONE;
    this.skippedStep[seat] = NONE;
    this.skippedEarlier[seat] = NONE;
    this.order[seat] = this.#admissions++;
    this.next[seat] = NONE;
    this.previous[seat] = this.last;
    if (this.last === NONE) this.first = seat;
    else this.next[this.last] = seat;
    this.last = seat;
    return seat;
  }

  leave(seat: number): void {
    const next = this.next[seat]!;
    const previous = this.previous[seat]!;
    if (previous === NONE) this.first = next;
    else this.next[previous] = next;
    if (next === NONE) this.last = previous;
    else this.previous[next] = previous;
    this.count--;
    this.#vacant[this.#vacant.length - 1 - this.count] = seat;
  }

  /** Seat of a request, or −1. Looks at every seat. */
  seatOf(row: number): number {
    for (let seat = this.first; seat >= 0; seat = this.next[seat]!) if (this.row[seat] === row) return seat;
    return NONE;
  }

  /** Tokens of a seat in the KV cache before the step being formed. */
  computedBefore(seat: number, step: number): number {
    return this.phase[seat] === PREFILL
      ? this.computed[seat]!
      : this.target[seat]! + step - 1 - this.anchor[seat]!;
  }
}
