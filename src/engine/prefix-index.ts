const NONE = -1;

/**
 * Which blocks hold which content. Equal content computed twice is kept twice; a lookup returns the copy registered
 * first. Copies of one hash form a ring through `#next` and `#previous`, headed by the oldest.
 * Source: vLLM v0.15.1, block_pool.py `BlockHashToBlockMap`.
 */
export class PrefixIndex {
  /** Hash of each block's content; −1 when the block is not registered. */
  readonly hashOf: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  #oldest: Int32Array;

  constructor(blocks: number, hashes: number) {
    this.hashOf = new Int32Array(blocks).fill(NONE);
    this.#next = new Int32Array(blocks);
    this.#previous = new Int32Array(blocks);
    this.#oldest = new Int32Array(hashes).fill(NONE);
  }

  /**
   * Writes the blocks with the given hashes to the table, up to the first hash that no block has; returns their number.
   * @param hashes read from `firstHash` on
   * @param table written from `start` on
   */
  lookupRun(hashes: Int32Array, firstHash: number, limit: number, table: Int32Array, start: number): number {
    const oldest = this.#oldest;
    for (let i = 0; i < limit; i++) {
      const block = oldest[hashes[firstHash + i]!]!;
      if (block === NONE) return i;
      table[start + i] = block;
    }
    return limit;
  }

  /** Block with this content, or −1. */
  lookup(hash: number): number {
    return this.#oldest[hash]!;
  }

  /** Registers a block that is not registered yet. */
  insert(hash: number, block: number): void {
    this.hashOf[block] = hash;
    const oldest = this.#oldest[hash]!;
    if (oldest === NONE) {
      this.#oldest[hash] = block;
      this.#next[block] = block;
      this.#previous[block] = block;
      return;
    }
    const newest = this.#previous[oldest]!;
    this.#next[newest] = block;
    this.#previous[block] = newest;
    this.#next[block] = oldest;
    this.#previous[oldest] = block;
  }

  /** Forgets what a registered block holds. */
  evict(block: number): void {
    const hash = this.hashOf[block]!;
    this.hashOf[block] = NONE;
    const next = this.#next[block]!;
    if (next === block) {
      this.#oldest[hash] = NONE;
      return;
    }
    const previous = this.#previous[block]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    if (this.#oldest[hash] === block) this.#oldest[hash] = next;
  }

  /** Makes room for the hashes `first` … `first + count − 1`. */
  reserve(first: number, count: number): void {
    if (first + count <= this.#oldest.length) return;
    const grown = new Int32Array(Math.max(first + count, 2 * this.#oldest.length)).fill(NONE);
    grown.set(this.#oldest);
    this.#oldest = grown;
  }
}
