import { SeatRing } from './seat-rings.js';
import type { Seats } from './seats.js';

/**
 * The requests in decode whose last token is not scheduled yet, kept so that a step of decodes costs no work per
 * request: their number, their summed context as a line in the step number, and the seats that start a new block in a
 * step (those with equal residue of step modulo block size).
 */
export class DecodeSet {
  count = 0;
  /** Σ (target − anchor): summed context after step t is `contextOffset + count · t`. */
  contextOffset = 0;
  readonly #seats: Seats;
  readonly #blockSize: number;
  readonly #boundary: SeatRing;
  /** Seats that start a block, by residue of the step modulo the block size. */
  readonly crossingCounts: Int32Array;
  /** Seat after each seat that starts a block in the same steps. */
  readonly crossingLinks: Int32Array;
  /** First seat to finish with a step, or −1, by step & finishMask. */
  readonly finishHeads: Int32Array;
  readonly finishMask: number;
  readonly #finish: SeatRing;

  constructor(seats: Seats, blockSize: number, maxOutputTokens: number) {
    const capacity = seats.row.length;
    this.#seats = seats;
    this.#blockSize = blockSize;
    this.#boundary = new SeatRing(blockSize, capacity);
    this.crossingCounts = new Int32Array(blockSize);
    this.crossingLinks = this.#boundary.next;
    // A request finishes at most maxOutputTokens steps ahead, and its bucket is emptied one step late.
    const steps = 2 ** Math.ceil(Math.log2(maxOutputTokens + 3));
    this.#finish = new SeatRing(steps, capacity);
    this.finishHeads = this.#finish.head;
    this.finishMask = steps - 1;
  }

  /** Seats that need a new block in the step. */
  crossings(step: number): number {
    return this.crossingCounts[step % this.#blockSize]!;
  }

  firstCrossing(step: number): number {
    return this.#boundary.head[step % this.#blockSize]!;
  }

  add(seat: number): void {
    this.count++;
    this.contextOffset += this.#seats.target[seat]! - this.#seats.anchor[seat]!;
    const residue = this.#boundaryResidue(seat);
    this.crossingCounts[residue]! += 1;
    this.#boundary.add(residue, seat);
  }

  remove(seat: number): void {
    this.count--;
    this.contextOffset -= this.#seats.target[seat]! - this.#seats.anchor[seat]!;
    const residue = this.#boundaryResidue(seat);
    this.crossingCounts[residue]! -= 1;
    this.#boundary.remove(residue, seat);
  }

  /** Files a seat under its finishing step. */
  addFinish(seat: number): void {
    this.#finish.add(this.#seats.finishStep[seat]! & this.finishMask, seat);
  }

  removeFinish(seat: number): void {
    this.#finish.remove(this.#seats.finishStep[seat]! & this.finishMask, seat);
  }

  /** First seat whose last token comes from the step, or −1. */
  firstFinish(step: number): number {
    return this.finishHeads[step & this.finishMask]!;
  }

  nextFinish(seat: number): number {
    return this.#finish.next[seat]!;
  }

  /** A step left the seat out: everything ahead of it is one step later. */
  postpone(seat: number): void {
    this.remove(seat);
    this.removeFinish(seat);
    this.#seats.anchor[seat]! += 1;
    this.#seats.finishStep[seat]! += 1;
    this.add(seat);
    this.addFinish(seat);
  }

  /** Context after step t is target + t − anchor; a block starts where that is 1 modulo the block size. */
  #boundaryResidue(seat: number): number {
    const shift = (1 + this.#seats.anchor[seat]! - this.#seats.target[seat]!) % this.#blockSize;
    return shift < 0 ? shift + this.#blockSize : shift;
  }
}
