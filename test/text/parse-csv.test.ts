import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/text/parse-csv.js';
import { refusal } from '../refusal.js';

const linesOf = (text: string): [number, string | undefined][] =>
  parseCsv(text, 'x.csv', ['a']).map(({ line, cells }) => [line, cells['a']]);

describe('parseCsv says on which line of the file a row begins', () => {
  it.each([
    ['plain rows', 'a,b\n1,2\n3,4\n', [2, 3]],
    ['no line feed at the end', 'a,b\n1,2\n3,4', [2, 3]],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n', [2, 3]],
    ['blank lines', '\na,b\n\n1,2\n  \n,\n3,4\n\n', [4, 7]],
    ['line breaks in cells', 'a,b\n1,"x\ny\nz"\n3,4\n', [2, 5]],
    ['CRLF in cells', 'a,b\r\n1,"x\r\ny"\r\n\r\n3,4\r\n', [2, 5]],
    ['a line break in the header', '"a","b\nc"\n1,2\n3,4\n', [3, 4]],
  ])('%s', (_what, text, [first, second]) => {
    expect(linesOf(text)).toEqual([
      [first, '1'],
      [second, '3'],
    ]);
  });

  it.each([
    ['too few fields', 'a,b\n\n1,"x\ny"\n3\n', 'FORMAT_INVALID', 5],
    ['too many fields', 'a,b\n\n1,2,3\n', 'FORMAT_INVALID', 3],
    ['a quote that is not closed', 'a,b\n\n1,"2\n', 'FILE_TRUNCATED', 3],
    ['a missing column', 'b,c\n1,2\n', 'FORMAT_INVALID', 1],
    ['an empty file', '', 'FORMAT_INVALID', 1],
  ])('refuses %s with its line', (_what, text, code, line) => {
    const error = refusal(() => parseCsv(text, 'x.csv', ['a']));
    expect([error.code, error.line]).toEqual([code, line]);
  });

  it('takes the first of columns with one name', () => {
    expect(linesOf('a,a\n1,2\n')).toEqual([[2, '1']]);
  });
});
