import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { TruelineError } from '../../src/errors.js';
import { checkShape } from '../../src/text/check-shape.js';
import { parseJson, parseJsonDocument, parseYamlDocument } from '../../src/text/parse-document.js';
import { refusal } from '../refusal.js';

/** What a parser refuses a text with; undefined when it accepts it. */
function messageFor(parse: (text: string, file: string) => unknown, text: string): string | undefined {
  try {
    parse(text, 'file');
    return undefined;
  } catch (error) {
    if (error instanceof TruelineError) return error.message;
    throw error;
  }
}

describe('a text that does not parse', () => {
  test.prop([fc.string({ unit: fc.constantFrom('{', '"', 'a', ':', '\n', ' ', '[', '-', ',', '\t') })])(
    'is refused in one line',
    (text) => {
      for (const parse of [parseJson, parseYamlDocument])
        expect(messageFor(parse, text) ?? '').not.toContain('\n');
    },
  );

  it('names the line once', () => {
    const error = refusal(() => parseYamlDocument('a: 1\nb: 2\n  : :\n', 'x.yaml'));
    expect(error).toMatchObject({ code: 'FORMAT_INVALID', line: 3 });
    expect(error.message).not.toMatch(/line \d/u);
  });
});

describe('a JSON text', () => {
  it('may start with a byte order mark, and hold what Python writes', () => {
    expect(parseJson('\uFEFF{"a": NaN, "b": [Infinity, 1]}', 'x.json')).toEqual({ a: null, b: [null, 1] });
  });
});

describe('an empty document', () => {
  it('is said to be empty', () => {
    const schema = z.strictObject({ id: z.string() });
    for (const text of ['', '# nothing\n', 'null'])
      expect(refusal(() => checkShape(schema, parseYamlDocument(text, 'x.yaml')))).toMatchObject({
        code: 'FORMAT_INVALID',
        file: 'x.yaml',
        message: 'nothing is written here',
      });
    expect(refusal(() => parseJsonDocument('', 'x.json')).code).toBe('FILE_TRUNCATED');
  });
});

describe('a YAML text that nests without end is refused before `yaml` recurses into it', () => {
  it.each([
    ['brackets', `a:\n  ${'['.repeat(20_000)}`, 2],
    ['closed brackets', `a: ${'{b: '.repeat(200)}1${'}'.repeat(200)}`, 1],
    ['dashes', `- 1\n${'- '.repeat(30_000)}1`, 2],
    ['question marks', '? '.repeat(3000), 1],
    ['indentation', Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 202],
  ])('by %s', (_how, text, line) => {
    const error = refusal(() => parseYamlDocument(text, 'f.yaml'));
    expect([error.code, error.line]).toEqual(['FORMAT_INVALID', line]);
    expect(error.message).toContain('levels deep');
  });

  it('but not one that is merely wide', () => {
    const text = `a: [${'[1], '.repeat(500)}]\nb: |\n  ${'-'.repeat(300)}\n`;
    expect(parseYamlDocument(text, 'f.yaml').value).toMatchObject({ a: { length: 500 } });
  });
});
