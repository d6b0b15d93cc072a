import type { BlockPool } from './block-pool.js';

/** Which blocks each seat holds, first block of its tokens first: one row of a flat table per seat. */
export class BlockTables {
  /** Blocks held, by seat. */
  readonly held: Int32Array;
  readonly #pool: BlockPool;
  readonly #stride: number;
  readonly #table: Int32Array;
  /** Blocks on their way from the pool to several seats. */
  readonly #taken: Int32Array;

  constructor(pool: BlockPool, seats: number, blocksPerRequest: number) {
    this.held = new Int32Array(seats);
    this.#pool = pool;
    this.#stride = blocksPerRequest;
    this.#table = new Int32Array(seats * blocksPerRequest);
    this.#taken = new Int32Array(seats);
  }

  block(seat: number, index: number): number {
    return this.#table[seat * this.#stride + index]!;
  }

  /**
   * Notes the cached blocks a request begins with in the row of a seat it may take, without using them yet; returns
   * their number.
   * @param hashes of the request's blocks, from `firstHash` on; at most `limit` are looked up
   */
  notePrefix(seat: number, hashes: Int32Array, firstHash: number, limit: number): number {
    return this.#pool.prefix.lookupRun(hashes, firstHash, limit, this.#table, seat * this.#stride);
  }

  /** Notes one cached block; false when there is none with this hash. */
  noteBlock(seat: number, index: number, hash: number): boolean {
    const block = this.#pool.prefix.lookup(hash);
    if (block < 0) return false;
    this.#table[seat * this.#stride + index] = block;
    return true;
  }

  /** Noted blocks that no request uses. */
  unusedNoted(seat: number, count: number): number {
    return this.#pool.unused(this.#table, seat * this.#stride, count);
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

  /** Adds one new block to each of the `count` seats linked from `first` on; the caller has checked that they are free. */
  growEach(count: number, first: number, nextSeat: Int32Array): void {
    const { held } = this;
    const table = this.#table;
    const stride = this.#stride;
    const taken = this.#taken;
    this.#pool.take(taken, 0, count);
    for (let i = 0, seat = first; i < count; i++, seat = nextSeat[seat]!) {
      const index = held[seat]!;
      table[seat * stride + index] = taken[i]!;
      held[seat] = index + 1;
    }
  }

  /** Takes all blocks from a seat, which a request goes on using without one; first block of its tokens first. */
  detach(seat: number): Int32Array {
    const start = seat * this.#stride;
    const blocks = this.#table.slice(start, start + this.held[seat]!);
    this.held[seat] = 0;
    return blocks;
  }

  /** Gives a seat without blocks those that were taken from another one. */
  attach(seat: number, blocks: Int32Array): void {
    this.#table.set(blocks, seat * this.#stride);
    this.held[seat] = blocks.length;
  }

  /** Gives all blocks back. */
  releaseAll(seat: number): void {
    this.#pool.release(this.#table, seat * this.#stride, this.held[seat]!);
    this.held[seat] = 0;
  }
}
