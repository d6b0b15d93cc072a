import { describe, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import { MAX_NESTING, tooDeepAt } from '../../src/text/json-nesting.js';
import { expectRefusal } from './fixtures.js';
import { FUZZ_AGGREGATES } from './fuzz-aggregates.js';
import { FUZZ_INPUTS } from './fuzz-inputs.js';
import { temporaryFile } from './temporary-file.js';

const LEVELS = 100_000;
const ARRAYS = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`;
const OBJECTS = `${'{"a":'.repeat(LEVELS)}1${'}'.repeat(LEVELS)}`;

const JSON_INPUTS = Object.entries({ ...FUZZ_INPUTS, ...FUZZ_AGGREGATES }).filter(([, text]) =>
  text.trimStart().startsWith('{'),
);
const LINE_INPUTS = JSON_INPUTS.filter(([, text]) => /\}\n\s*\{/u.test(text));

/** The text with a value added to the first object of its n-th line. */
const withValue = (text: string, line: number, value: string): string =>
  text
    .split('\n')
    .map((each, i) => (i === line ? each.replace('{', `{"deep":${value},`) : each))
    .join('\n');

async function expectTooDeep(text: string, line: number): Promise<void> {
  const file = await temporaryFile('run.json', text);
  const error = await expectRefusal('FORMAT_INVALID', () => ingestPath(file));
  expect(error.message).toBe(`nested more than ${MAX_NESTING} levels deep`);
  expect([error.line, error.hint]).toEqual([line, expect.any(String)]);
}

describe('what nests 100,000 levels deep is refused with its line', () => {
  it('has inputs of many formats', () => {
    expect(JSON_INPUTS.length).toBeGreaterThan(8);
    expect(LINE_INPUTS.length).toBeGreaterThan(2);
  });

  it.each(JSON_INPUTS)('%s', async (_format, text) => {
    await expectTooDeep(withValue(text, 0, ARRAYS), 1);
    await expectTooDeep(withValue(text, 0, OBJECTS), 1);
  });

  it.each(LINE_INPUTS)('%s, after the first line', async (_format, text) => {
    await expectTooDeep(withValue(text, 1, ARRAYS), 2);
    await expectTooDeep(withValue(text, 1, OBJECTS), 2);
  });
});

/** So many levels that are not closed, an even number. */
const opened = (levels: number): string => '[{"a":'.repeat(levels / 2);

describe('tooDeepAt', () => {
  it('finds the first level too many', () => {
    expect(tooDeepAt(opened(MAX_NESTING))).toBeUndefined();
    expect(tooDeepAt(`${opened(MAX_NESTING)}[`)).toBe(opened(MAX_NESTING).length);
    expect(tooDeepAt('[]'.repeat(1000))).toBeUndefined();
  });

  it.each(['[[[', String.raw`\"[[[`, String.raw`\\\"[[[`, '{{{'])(
    'takes no bracket in a text for one: %s',
    (text) => {
      expect(tooDeepAt(`["${text.repeat(200)}"]`)).toBeUndefined();
      expect(tooDeepAt(String.raw`["\\",${'['.repeat(MAX_NESTING)}`)).toBeDefined();
    },
  );
});
