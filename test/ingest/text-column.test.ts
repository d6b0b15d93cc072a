import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { TextColumn } from '../../src/ingest/text-column.js';

describe('TextColumn', () => {
  test.prop([fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[ab]{0,3}$/u)))])(
    'keeps each text once, in order of appearance',
    (texts) => {
      const column = new TextColumn();
      const seen = new Set<string>();
      for (const text of texts) {
        expect(column.add(text)).toBe(!seen.has(text));
        seen.add(text);
      }
      expect(Array.from({ length: column.length }, (_, row) => column.at(row))).toEqual([...seen]);
    },
  );

  it('finds repetitions among many, and holds texts longer than a block', () => {
    const column = new TextColumn();
    const long = 'x'.repeat(100_000);
    for (let i = 0; i < 20_000; i += 1) expect(column.add(`chatcmpl-${i}`)).toBe(true);
    expect(column.add(long)).toBe(true);
    for (let i = 0; i < 20_000; i += 1) expect(column.add(`chatcmpl-${i}`)).toBe(false);
    expect(column.add(long)).toBe(false);
    expect([column.length, column.at(12_345), column.at(20_000)]).toEqual([20_001, 'chatcmpl-12345', long]);
  });
});
