import { PrefixIndex } from './prefix-index.js';

/**
 * The usable blocks of the GPU KV cache: reference counts and the queue of free blocks, as a linked list through typed
 * arrays. The null block is left out. Freed blocks go to the tail and keep their content until they are popped from the
 * head, so the queue is the LRU order of the prefix cache. Operations work on runs of a block table, since that is
 * where the time of a simulation goes.
 * Source: vLLM v0.15.1, block_pool.py `BlockPool`, kv_cache_utils.py `FreeKVCacheBlockQueue`.
 */
export class BlockPool {
  /** Usable blocks. */
  readonly blocks: number;
  readonly prefix: PrefixIndex;
  readonly references: Int32Array;
  free: number;
  /** Links of the free queue; index `blocks` is the sentinel before its head and after its tail. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(blocks: number, hashes: number) {
    this.blocks = blocks;
    this.free = blocks;
    this.prefix = new PrefixIndex(blocks, hashes);
    this.references = new Int32Array(blocks);
    this.#next = new Int32Array(blocks + 1);
    this.#previous = new Int32Array(blocks + 1);
    for (let block = 0; block < blocks; block++) {
      this.#next[block] = block + 1;
      this.#previous[block + 1] = block;
    }
    this.#previous[0] = blocks;
  }

  /**
   * Takes `count` blocks from the head of the free queue, forgets their content and writes them to the table from
   * `start` on. The caller has checked that there are as many.
   */
  take(table: Int32Array, start: number, count: number): void {
    const next = this.#next;
    const { references, prefix, blocks } = this;
    let block = next[blocks]!;
    for (let i = start; i < start + count; i++) {
      table[i] = block;
      references[block] = 1;
      if (prefix.hashOf[block] !== -1) prefix.evict(block);
      block = next[block]!;
    }
    next[blocks] = block;
    this.#previous[block] = blocks;
    this.free -= count;
  }

  /** Blocks of a run that no request uses: using them takes them from what is free. */
  unused(table: Int32Array, start: number, count: number): number {
    const { references } = this;
    let unused = 0;
    for (let i = start; i < start + count; i++) if (references[table[i]!] === 0) unused++;
    return unused;
  }

  /** One more request uses each block of a run, which holds its prefix. */
  share(table: Int32Array, start: number, count: number): void {
    const next = this.#next;
    const previous = this.#previous;
    const { references } = this;
    let unused = 0;
    for (let i = start; i < start + count; i++) {
      const block = table[i]!;
      const uses = references[block]!;
      references[block] = uses + 1;
      if (uses > 0) continue;
      const after = next[block]!;
      const before = previous[block]!;
      next[before] = after;
      previous[after] = before;
      unused++;
    }
    this.free -= unused;
  }

  /**
   * One request less uses each block of a run, last block first; a block's last user sends it to the tail of the free
   * queue, so that a prompt's beginning stays cached longest.
   */
  release(table: Int32Array, start: number, count: number): void {
    const next = this.#next;
    const previous = this.#previous;
    const { references, blocks } = this;
    let tail = previous[blocks]!;
    let freed = 0;
    for (let i = start + count - 1; i >= start; i--) {
      const block = table[i]!;
      const uses = references[block]! - 1;
      references[block] = uses;
      if (uses > 0) continue;
      next[tail] = block;
      previous[block] = tail;
      tail = block;
      freed++;
    }
    next[tail] = blocks;
    previous[blocks] = tail;
    this.free += freed;
  }

  /** Free blocks, next to be taken first. */
  *freeQueue(): Generator<number> {
    for (let block = this.#next[this.blocks]!; block !== this.blocks; block = this.#next[block]!) yield block;
  }
}
