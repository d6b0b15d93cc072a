/** A beginning that several continuations have in common. */
export interface SharedPrefix {
  readonly tokens: number;
  readonly continuations: number;
}

interface Block {
  /** From the first block on, this one included. */
  readonly tokens: number;
  children: number;
}

/**
 * Blocks of the prefix cache and what they continue. A block's name is a hash over its tokens and all before them, so two
 * blocks of one parent are two continuations of one beginning; storing a block again changes nothing.
 */
export class KvPrefixTree {
  readonly #blocks = new Map<string, Block>();

  /** Adds a chain of blocks that continues `parent`; a chain whose parent is unknown begins anew. */
  add(names: readonly string[], parent: string | undefined, blockSizeTokens: number): void {
    let before = parent === undefined ? undefined : this.#blocks.get(parent);
    for (const name of names) {
      const known = this.#blocks.get(name);
      if (known === undefined && before !== undefined) before.children += 1;
      const block = known ?? { tokens: (before?.tokens ?? 0) + blockSizeTokens, children: 0 };
      this.#blocks.set(name, block);
      before = block;
    }
  }

  /** Every beginning after which stored sequences part, in order of length. */
  sharedPrefixes(): readonly SharedPrefix[] {
    return [...this.#blocks.values()]
      .filter(({ children }) => children > 1)
      .map(({ tokens, children }) => ({ tokens, continuations: children }))
      .toSorted((a, b) => a.tokens - b.tokens || a.continuations - b.continuations);
  }
}
