import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphPadded } from '../../src/basis/graph-padding.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';

const server = (maxNumSeqs: number, maxNumBatchedTokens = 2048) => ({
  ...DEFAULT_SERVER,
  maxNumSeqs,
  maxNumBatchedTokens,
});

/** vLLM's own list, built as `_set_cudagraph_sizes` builds it. */
function capturedSizes(maxNumSeqs: number, maxNumBatchedTokens: number): number[] {
  const limit = Math.min(2 * maxNumSeqs, 512, maxNumBatchedTokens);
  const sizes = [1, 2, 4];
  for (let size = 8; size < 256; size += 8) sizes.push(size);
  for (let size = 256; size <= 512; size += 16) sizes.push(size);
  return sizes.filter((size) => size <= limit);
}

describe('graphPadded', () => {
  it.each([
    [1, 1],
    [3, 4],
    [5, 8],
    [8, 8],
    [97, 104],
    [249, 256],
    [256, 256],
    [257, 257],
  ])('pads %d to %d with 128 seats', (n, size) => {
    expect(graphPadded(n, server(128))).toBe(size);
  });

  it.each([
    [257, 272],
    [512, 512],
    [513, 513],
  ])('pads %d to %d with 256 seats', (n, size) => {
    expect(graphPadded(n, server(256))).toBe(size);
  });

  it('is the next captured size, or n itself above the largest', () => {
    const count = fc.integer({ min: 1, max: 600 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 3000 }), (n, seats, budget) => {
        const sizes = capturedSizes(seats, budget);
        const expected = sizes.find((size) => size >= n) ?? n;
        expect(graphPadded(n, server(seats, budget))).toBe(expected);
      }),
    );
  });
});
