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

const anchors = (count: number): string =>
  Array.from({ length: count }, (_, i) => `k${i}: &a${i} 1\n`).join('');

describe('a YAML text of anchors and aliases', () => {
  it('is refused with the line of one too many, before `yaml` spends a time that grows with their square', () => {
    const error = refusal(() => parseYamlDocument(anchors(20_000), 'f.yaml'));
    expect([error.code, error.line, error.message]).toEqual([
      'FORMAT_INVALID',
      501,
      'more than 500 YAML anchors and aliases',
    ]);
    expect(error.hint).toBeDefined();
  });

  it('is refused when few of them stand for much', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
    const text = ['a: &a0 [1]', ...levels.slice(1)].join('\n');
    expect(refusal(() => parseYamlDocument(text, 'f.yaml')).code).toBe('FORMAT_INVALID');
  });

  it('is read when it shares a few values, and when it only has their signs in its texts', () => {
    expect(parseYamlDocument('a: &x {b: 1}\nc: *x\n', 'f.yaml').value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    const text = 'R&D * 2 a*b '.repeat(1000);
    expect(parseYamlDocument(`a: "${text}"\n`, 'f.yaml').value).toEqual({ a: text });
  });

  it('is refused when it is no configuration by size', () => {
    expect(refusal(() => parseYamlDocument(`a: ${'x'.repeat(8_000_000)}`, 'f.yaml')).code).toBe(
      'FILE_TOO_LARGE',
    );
  });
});
