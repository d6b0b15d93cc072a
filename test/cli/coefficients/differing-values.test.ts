import { describe, expect, it } from 'vitest';
import { differingValues } from '../../../src/cli/coefficients/differing-values.js';

describe('differingValues', () => {
  it('names every value that two documents do not share', () => {
    const before = { a: { value: 1, unit: 'ms' }, list: [1, 2], gone: 1 };
    const after = { a: { value: 2, unit: 'ms' }, list: [1, 3, 4], fresh: 1 };
    expect(differingValues(before, after)).toEqual(['a.value', 'list[1]', 'list[2]', 'gone', 'fresh']);
  });

  it('finds nothing between equal documents', () => {
    expect(differingValues({ a: [{ b: null }] }, { a: [{ b: null }] })).toEqual([]);
  });
});
