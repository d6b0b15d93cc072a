import type { PrefixIndex } from './prefix-index.js';

/**
 * Hash ids of blocks that only their own request can hit: those with generated tokens, or with a prompt nobody shares.
 * Nothing can look them up before the request is preempted, so they get ids then and lose them when it ends.
 */
export class PrivateHashes {
  readonly #prefix: PrefixIndex;
  readonly #firstOf = new Map<number, number>();
  /** Id ranges given back, by power-of-two size. */
  readonly #spare = new Map<number, number[]>();
  #used: number;

  constructor(prefix: PrefixIndex, usedHashes: number) {
    this.#prefix = prefix;
    this.#used = usedHashes;
  }

  /** First id of a request, or −1 when it has none. */
  first(row: number): number {
    return this.#firstOf.size === 0 ? -1 : (this.#firstOf.get(row) ?? -1);
  }

  /** First id of a request, which gets `blocks` of them when it has none. */
  assign(row: number, blocks: number): number {
    const assigned = this.#firstOf.get(row);
    if (assigned !== undefined) return assigned;
    const size = rangeSize(blocks);
    let first = this.#spare.get(size)?.pop();
    if (first === undefined) {
      first = this.#used;
      this.#prefix.reserve(first, size);
      this.#used += size;
    }
    this.#firstOf.set(row, first);
    return first;
  }

  /** Unregisters what is still cached of a request that has ids and has ended, and takes them back. */
  drop(row: number, blocks: number): void {
    const first = this.first(row);
    for (let hash = first; hash < first + blocks; hash++) {
      for (let block = this.#prefix.lookup(hash); block >= 0; block = this.#prefix.lookup(hash))
        this.#prefix.evict(block);
    }
    this.#firstOf.delete(row);
    const size = rangeSize(blocks);
    const spare = this.#spare.get(size);
    if (spare === undefined) this.#spare.set(size, [first]);
    else spare.push(first);
  }
}

const rangeSize = (blocks: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, blocks)));
