/** One offloaded block: −1 references while it is being stored. */
interface CpuBlock {
  references: number;
}

/**
 * The obvious CPU cache: vLLM v0.15.1 kv_offload/lru_manager.py, line by line, with whole token sequences as keys. A map
 * keeps its keys in order of insertion, like Python's OrderedDict.
 */
export class TwinCpuCache {
  readonly blocks = new Map<string, CpuBlock>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  lookup(hashes: readonly string[]): number {
    const miss = hashes.findIndex((hash) => (this.blocks.get(hash)?.references ?? -1) < 0);
    return miss < 0 ? hashes.length : miss;
  }

  touch(hashes: readonly string[]): void {
    for (const hash of hashes.toReversed()) {
      const block = this.blocks.get(hash);
      if (block === undefined) continue;
      this.blocks.delete(hash);
      this.blocks.set(hash, block);
    }
  }

  prepareLoad(hashes: readonly string[]): void {
    for (const hash of hashes) this.blocks.get(hash)!.references += 1;
  }

  completeLoad(hashes: readonly string[]): void {
    for (const hash of hashes) this.blocks.get(hash)!.references -= 1;
  }

  /** Hashes that have to be copied; undefined without room for them. */
  prepareStore(hashes: readonly string[]): string[] | undefined {
    const toStore = hashes.filter((hash) => !this.blocks.has(hash));
    const toEvict = toStore.length - (this.#capacity - this.blocks.size);
    const idle = [...this.blocks].filter(([, block]) => block.references === 0).map(([hash]) => hash);
    if (toEvict > idle.length) return undefined;
    for (const hash of idle.slice(0, Math.max(0, toEvict))) this.blocks.delete(hash);
    for (const hash of toStore) this.blocks.set(hash, { references: -1 });
    return toStore;
  }

  completeStore(hashes: Iterable<string>): void {
    for (const hash of hashes) {
      const block = this.blocks.get(hash)!;
      if (block.references < 0) block.references = 0;
    }
  }
}
