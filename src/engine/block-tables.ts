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

  /** Gives all blocks back. */
  releaseAll(seat: number): void {
    this.#pool.release(this.#table, seat * this.#stride, this.held[seat]!);
    this.held[seat] = 0;
  }
}
