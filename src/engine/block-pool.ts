import { PrefixIndex } from './prefix-index.js';

/**
 * The usable blocks of the GPU KV cache: reference counts and the queue of free blocks, as a linked list through typed
 * arrays. The null block is left out. Freed blocks go to the tail and keep their content until they are popped from the
 * head, so the queue is the LRU order of the prefix cache.
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
    this.#next = Int32Array.from({ length: blocks + 1 }, (_, block) => (block + 1) % (blocks + 1));
    this.#previous = Int32Array.from({ length: blocks + 1 }, (_, block) =>
      block === 0 ? blocks : block - 1,
    );
  }

  /** Takes the block at the head of the free queue and forgets its content. The caller has checked that there is one. */
  take(): number {
    const block = this.#next[this.blocks]!;
    this.#unlink(block);
    this.prefix.evict(block);
    this.references[block] = 1;
    return block;
  }

  /** One more request uses a block that holds its prefix. */
  share(block: number): void {
    if (this.references[block] === 0) this.#unlink(block);
    this.references[block]! += 1;
  }

  /** One request less uses the block; the last one sends it to the tail of the free queue. */
  release(block: number): void {
    const left = this.references[block]! - 1;
    this.references[block] = left;
    if (left > 0) return;
    const tail = this.#previous[this.blocks]!;
    this.#next[tail] = block;
    this.#previous[block] = tail;
    this.#next[block] = this.blocks;
    this.#previous[this.blocks] = block;
    this.free++;
  }

  /** Free blocks, next to be taken first. */
  *freeQueue(): Generator<number> {
    for (let block = this.#next[this.blocks]!; block !== this.blocks; block = this.#next[block]!) yield block;
  }

  #unlink(block: number): void {
    const next = this.#next[block]!;
    const previous = this.#previous[block]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    this.free--;
  }
}
