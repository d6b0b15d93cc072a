import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { amountArray, sizeOfAmount } from '../../src/ingest/amount-array.js';
import { BLOCK_ROWS, packed, unpacked, type NumberBlock } from '../../src/ingest/number-block.js';
import { doubles, type NumberColumn } from '../../src/ingest/number-column.js';

/** Any number but −0, which comes back as 0. */
const anyNumber = fc.double().map((value) => value + 0);

/** More than two blocks of numbers of one kind, with a few of any kind strewn in. */
const manyNumbers = fc
  .tuple(
    fc.oneof(
      fc.constant((row: number) => row),
      fc.constant(() => 7),
      fc.constant((row: number) => 1e12 + (row % 300)),
      fc.constant((row: number) => row * 70_000),
      fc.constant((row: number) => row / 8),
      fc.constant(() => NaN),
    ),
    fc.array(fc.tuple(fc.nat(2 * BLOCK_ROWS + 9), anyNumber), { maxLength: 5 }),
  )
  .map(([rule, strewn]) => {
    const values = Array.from({ length: 2 * BLOCK_ROWS + 10 }, (_, row) => rule(row));
    for (const [row, value] of strewn) values[row] = value;
    return values;
  });

function columnOf(values: readonly number[]): NumberColumn<Float64Array> {
  const column = doubles();
  for (const value of values) column.push(value);
  return column;
}

const blockOf = (rule: (row: number) => number): NumberBlock =>
  packed(Float64Array.from({ length: BLOCK_ROWS }, (_, row) => rule(row)));
const bytesPerRow = (rule: (row: number) => number): number => blockOf(rule).cells.BYTES_PER_ELEMENT;

describe('packed', () => {
  it('takes as few bytes a row as the spread of whole numbers needs', () => {
    expect(bytesPerRow((row) => 5e9 + (row % 256))).toBe(1);
    expect(bytesPerRow((row) => row - 4000)).toBe(2);
    expect(bytesPerRow((row) => row * 1e6)).toBe(4);
    expect(bytesPerRow((row) => row * 1e7)).toBe(8);
    expect(bytesPerRow((row) => row / 2)).toBe(8);
  });

  it('shares the cells of blocks whose rows are all alike', () => {
    expect(blockOf(() => 3).cells).toBe(blockOf(() => NaN).cells);
    expect([...unpacked(blockOf(() => NaN))].every(Number.isNaN)).toBe(true);
  });
});

describe('NumberColumn', () => {
  test.prop([manyNumbers], { numRuns: 40 })('gives back every number as it came', (values) => {
    const column = columnOf(values);
    expect(Array.from({ length: column.length }, (_, row) => column.at(row))).toEqual(values);
    expect(column.at(values.length)).toBeNaN();
    expect(column.at(-1)).toBeNaN();
    expect([...column.take()]).toEqual(values);
    expect(column.length).toBe(0);
  });

  test.prop([manyNumbers, fc.array(fc.tuple(fc.nat(2 * BLOCK_ROWS + 9), anyNumber))], { numRuns: 20 })(
    'changes the rows it is told to and no others',
    (values, changes) => {
      const column = columnOf(values);
      for (const [row, value] of changes) {
        column.set(row, value);
        values[row] = value;
      }
      expect([...column.take()]).toEqual(values);
    },
  );

  it('takes rows in another order', () => {
    const order = Int32Array.of(5000, 0, 4095, 4096);
    expect([...columnOf(Array.from({ length: 6000 }, (_, row) => row)).take(order)]).toEqual([...order]);
    const ordered = columnOf(Array.from({ length: 6000 }, (_, row) => row / 3)).takeInOrder(order);
    expect([...ordered.take()]).toEqual([...order].map((row) => row / 3));
  });
});

describe('amountArray', () => {
  it.each([
    [[0, 255], Uint8Array],
    [[0, 256], Uint16Array],
    [[65_536, 1], Uint32Array],
    [[2 ** 32], Float64Array],
    [[1, 0.5], Float64Array],
    [[1, -1], Float64Array],
    [[1, NaN], Float64Array],
  ])('holds %j in the narrowest array', (values, kind) => {
    const array = amountArray(Math.max(...values.map(sizeOfAmount)), values.length);
    expect(array).toBeInstanceOf(kind);
    array.set(values);
    expect([...array]).toEqual(values);
  });
});
