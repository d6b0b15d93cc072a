import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { KvPrefixTree } from '../../src/ingest/kv-prefix-tree.js';

const SIZE = 16;
/** Sequences of blocks of few kinds, so that many share a beginning. */
const sequences = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }), {
  maxLength: 12,
});

/** A block is named by everything up to it. */
const names = (sequence: readonly number[]): string[] =>
  sequence.map((_, i) => sequence.slice(0, i + 1).join(','));

describe('a tree of cache blocks', () => {
  test.prop([sequences])('knows the beginnings after which sequences part', (all) => {
    const tree = new KvPrefixTree();
    const stored = new Set<string>();
    for (const sequence of all) {
      // like the engine: only blocks that are not in the cache are stored, after the last that is
      const fresh = names(sequence).filter((name) => !stored.has(name));
      const known = names(sequence).length - fresh.length;
      tree.add(fresh, known === 0 ? undefined : names(sequence)[known - 1], SIZE);
      for (const name of fresh) stored.add(name);
    }
    const next = (beginning: string): number =>
      new Set(
        [...stored].filter(
          (name) => name.startsWith(`${beginning},`) && name.length === beginning.length + 2,
        ),
      ).size;
    const expected = [...stored]
      .map((name) => ({ tokens: SIZE * name.split(',').length, continuations: next(name) }))
      .filter(({ continuations }) => continuations > 1)
      .toSorted((a, b) => a.tokens - b.tokens || a.continuations - b.continuations);
    expect(tree.sharedPrefixes()).toEqual(expected);
  });
});
