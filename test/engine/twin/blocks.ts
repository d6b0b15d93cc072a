/**
 * The obvious KV block pool: arrays, maps and whole token sequences as keys. Slow on purpose; follows the text of
 * vLLM v0.15.1 block_pool.py and single_type_kv_cache_manager.py line by line.
 */
export interface TwinBlock {
  readonly id: number;
  references: number;
  hash: string | undefined;
}

export class TwinPool {
  readonly freeQueue: TwinBlock[];
  readonly cache = new Map<string, TwinBlock[]>();

  constructor(blocks: number) {
    this.freeQueue = Array.from({ length: blocks }, (_, id) => ({ id, references: 0, hash: undefined }));
  }

  lookup(hash: string): TwinBlock | undefined {
    return this.cache.get(hash)?.[0];
  }

  allocate(count: number): TwinBlock[] {
    const blocks = this.freeQueue.splice(0, count);
    for (const block of blocks) {
      if (block.hash !== undefined) this.#forget(block, block.hash);
      block.references = 1;
    }
    return blocks;
  }

  touch(block: TwinBlock): void {
    if (block.references === 0) this.freeQueue.splice(this.freeQueue.indexOf(block), 1);
    block.references += 1;
  }

  register(block: TwinBlock, hash: string): void {
    block.hash = hash;
    this.cache.set(hash, [...(this.cache.get(hash) ?? []), block]);
  }

  free(blocks: readonly TwinBlock[]): void {
    for (const block of blocks.toReversed()) {
      block.references -= 1;
      if (block.references === 0) this.freeQueue.push(block);
    }
  }

  #forget(block: TwinBlock, hash: string): void {
    const others = this.cache.get(hash)!.filter((other) => other !== block);
    if (others.length === 0) this.cache.delete(hash);
    else this.cache.set(hash, others);
    block.hash = undefined;
  }
}
