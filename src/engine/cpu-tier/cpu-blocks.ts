const NONE = -1;
/** `users` of a block whose content is still on its way from the GPU. */
const BEING_STORED = -1;

/**
 * The blocks of the CPU tier by content, least recently used first: a linked list through typed arrays. A block can be
 * read once it is stored, and evicted while nobody reads it.
 * Source: vLLM v0.15.1, kv_offload/lru_manager.py `LRUOffloadingManager`.
 */
export class CpuBlocks {
  readonly blocks: number;
  /** Blocks that hold nothing. */
  free: number;
  /** Stored blocks that nobody reads. */
  evictable = 0;
  /** Hash id of each block; −1 when it is free, or nobody can ask for its content any more. */
  readonly hashOf: Int32Array;
  /** Loads that read each block; −1 while it is being stored. */
  readonly users: Int32Array;
  /** Links of the LRU order; index `blocks` is the sentinel before the oldest and after the newest. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #spare: Int32Array;
  #blockOf = new Int32Array(1024).fill(NONE);

  constructor(blocks: number) {
    this.blocks = blocks;
    this.free = blocks;
    this.hashOf = new Int32Array(blocks).fill(NONE);
    this.users = new Int32Array(blocks);
    this.#next = new Int32Array(blocks + 1);
    this.#previous = new Int32Array(blocks + 1);
    this.#next[blocks] = blocks;
    this.#previous[blocks] = blocks;
    this.#spare = Int32Array.from({ length: blocks }, (_, i) => blocks - 1 - i);
  }

  /** Block with this content, readable or not; −1 when there is none. */
  find(hash: number): number {
    return this.#blockOf[hash] ?? NONE;
  }

  isReadable(block: number): boolean {
    return this.users[block]! > BEING_STORED;
  }

  isBeingLoaded(block: number): boolean {
    return this.users[block]! > 0;
  }

  /** A block becomes the most recently used. */
  touch(block: number): void {
    this.#unlink(block);
    this.#linkLast(block);
  }

  /** Evicts until `count` blocks are free, the least recently used first; false, and nothing done, when it cannot. */
  makeRoom(count: number): boolean {
    let missing = count - this.free;
    if (missing > this.evictable) return false;
    for (let block = this.#next[this.blocks]!; missing > 0;) {
      const next = this.#next[block]!;
      if (this.users[block] === 0) {
        this.#evict(block);
        missing--;
      }
      block = next;
    }
    return true;
  }

  /** Takes a free block for content that is about to be stored; the caller has made room. */
  beginStore(hash: number): number {
    this.free--;
    const block = this.#spare[this.free]!;
    this.users[block] = BEING_STORED;
    this.hashOf[block] = hash;
    if (hash >= this.#blockOf.length) this.#reserve(hash);
    this.#blockOf[hash] = block;
    this.#linkLast(block);
    return block;
  }

  /** A block is stored; nothing happens when it was before. */
  endStore(block: number): void {
    if (this.isReadable(block)) return;
    this.users[block] = 0;
    this.evictable++;
  }

  beginLoad(block: number): void {
    const users = this.users[block]!;
    this.users[block] = users + 1;
    if (users === 0) this.evictable--;
  }

  endLoad(block: number): void {
    const users = this.users[block]! - 1;
    this.users[block] = users;
    if (users === 0) this.evictable++;
  }

  /** Nobody will ask for this content again: its hash id is free, its block ages as it is. */
  forget(hash: number): void {
    const block = this.find(hash);
    if (block === NONE) return;
    this.#blockOf[hash] = NONE;
    this.hashOf[block] = NONE;
  }

  /** Blocks in use, least recently used first. */
  *byAge(): Generator<number> {
    for (let block = this.#next[this.blocks]!; block !== this.blocks; block = this.#next[block]!) yield block;
  }

  #evict(block: number): void {
    const hash = this.hashOf[block]!;
    if (hash !== NONE) this.#blockOf[hash] = NONE;
    this.hashOf[block] = NONE;
    this.#unlink(block);
    this.#spare[this.free] = block;
    this.free++;
    this.evictable--;
  }

  #unlink(block: number): void {
    const next = this.#next[block]!;
    const previous = this.#previous[block]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #linkLast(block: number): void {
    const last = this.#previous[this.blocks]!;
    this.#next[last] = block;
    this.#previous[block] = last;
    this.#next[block] = this.blocks;
    this.#previous[this.blocks] = block;
  }

  #reserve(hash: number): void {
    const grown = new Int32Array(2 * (hash + 1)).fill(NONE);
    grown.set(this.#blockOf);
    this.#blockOf = grown;
  }
}
