import { describe, expect, it } from 'vitest';
import type { RequestColumns } from '../../src/trace/trace.js';
import { saturationVerdict, stageLoad } from '../../src/validate/saturation.js';

/** One request per [stage, wait in ms]; the wait is from the inbox to the first scheduling. */
function requests(rows: readonly (readonly [number, number])[]): RequestColumns {
  const at = Float64Array.from(rows, (_, i) => i * 1e6);
  return {
    count: rows.length,
    arrivedAtUs: at,
    queuedAtUs: at,
    scheduledAtUs: Float64Array.from(rows, ([, waitMs], i) => i * 1e6 + waitMs * 1e3),
    firstTokenAtUs: at,
    finishedAtUs: at,
    promptTokens: Int32Array.from(rows, () => 1),
    outputTokens: Int32Array.from(rows, () => 1),
    stage: Uint16Array.from(rows, ([stage]) => stage),
    status: Uint8Array.from(rows, () => 0),
  };
}

describe('stageLoad', () => {
  const columns = requests([
    [0, 0],
    [0, 4],
    [1, 0],
    [0, 8],
    [0, 10],
    [1, 0],
  ]);

  it('counts requests held back and averages their waits by half of the stage', () => {
    expect(stageLoad(columns, 0)).toEqual({ heldBackRatio: 0.75, waitMs: { firstHalf: 2, secondHalf: 9 } });
    expect(stageLoad(columns, 1)).toEqual({ heldBackRatio: 0, waitMs: { firstHalf: 0, secondHalf: 0 } });
    expect(stageLoad(columns, 'all').heldBackRatio).toBe(0.5);
  });

  it('leaves out requests that were never scheduled', () => {
    expect(
      stageLoad(
        requests([
          [0, NaN],
          [0, 2],
        ]),
        0,
      ),
    ).toEqual({
      heldBackRatio: 1,
      waitMs: { firstHalf: 2, secondHalf: 0 },
    });
  });
});

const verdict = (heldBackRatio: number, firstHalf: number, secondHalf: number): string =>
  saturationVerdict({ heldBackRatio, waitMs: { firstHalf, secondHalf } });

describe('saturationVerdict', () => {
  it.each([
    [0, 0, 0, 'below'],
    [0.009, 0, 5, 'below'],
    [0.02, 5, 5, 'near'],
    [0.3, 100, 110, 'near'],
    [0.3, 100, 200, 'above'],
    [0.6, 100, 100, 'above'],
  ])('%d held back, waits of %d and %d ms: %s', (held, first, second, expected) => {
    expect(verdict(held, first, second)).toBe(expected);
  });

  it.each([
    [0.79, 'below'],
    [0.8, 'near'],
    [0.99, 'near'],
    [1, 'above'],
  ])('%d of the knee: %s, whatever the queue did', (loadRatio, expected) => {
    const load = { heldBackRatio: 0.3, waitMs: { firstHalf: 5, secondHalf: 5 } };
    expect(saturationVerdict(load, loadRatio)).toBe(expected);
  });
});
