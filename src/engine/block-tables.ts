import type { BlockPool } from './block-pool.js';

/** Which blocks each seat holds, first block of its tokens first: one row of a flat table per seat. */
export class BlockTables {
  /** Blocks held, by seat. */
  readonly held: Int32Array;
  readonly #pool: BlockPool;
  readonly #stride: number;
  readonly #table: Int32Array;

  constructor(pool: BlockPool, seats: number, blocksPerRequest: number) {
    this.held = new Int32Array(seats);
    this.#pool = pool;
    this.#stride = blocksPerRequest;
    this.#table = new Int32Array(seats * blocksPerRequest);
  }

  block(seat: number, index: number): number {
    return this.#table[seat * this.#stride + index]!;
  }

  /** Notes a prefix hit of a seat that is about to be taken, without using the block yet. */
  note(seat: number, index: number, block: number): void {
    this.#table[seat * this.#stride + index] = block;
  }

  /** Uses the first `count` noted hits. */
  shareNoted(seat: number, count: number): void {
    this.#pool.share(this.#table, seat * this.#stride, count);
    this.held[seat] = count;
  }

  /** Adds `count` new blocks; the caller has checked that they are free. */
  grow(seat: number, count: number): void {
    const held = this.held[seat]!;
    this.#pool.take(this.#table, seat * this.#stride + held, count);
    this.held[seat] = held + count;
  }

  /** Gives all blocks back. */
  releaseAll(seat: number): void {
    this.#pool.release(this.#table, seat * this.#stride, this.held[seat]!);
    this.held[seat] = 0;
  }
}
