import type { RandomStream } from '../../src/random.js';

/** Values that break parsers, arithmetic and typed arrays. */
const HOSTILE_VALUES = [
  'NaN',
  '-Infinity',
  '1e400',
  '-1',
  '-0.0',
  '0',
  '0.5',
  '1e-320',
  '2147483648',
  '9007199254740993',
  '18446744073709551615',
  '1e308',
  'null',
  'true',
  '""',
  '"NaN"',
  '"-5"',
  '"99999999999999999999999999"',
  '[]',
  '[[1]]',
  '{}',
  '{"mean":{}}',
  '"__proto__"',
  '"\\u0000\\ud800"',
  `${'['.repeat(300)}${']'.repeat(300)}`,
] as const;

const HOSTILE_TEXT = [
  '\u0000',
  '\uFEFF',
  '\r\n',
  '\n',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\u2028',
  'é',
  '-',
  'e9',
  '../',
  '*a',
  '&a ',
];

type Mutation = (text: string, random: RandomStream) => string;

const pick = <T>(values: readonly T[], random: RandomStream): T => values[random.integer(values.length)]!;

/** Two positions in order, no further apart than `reach`. */
function range(text: string, random: RandomStream, reach: number): readonly [number, number] {
  const from = random.integer(text.length + 1);
  return [from, Math.min(text.length, from + random.integer(reach))];
}

/** Replaces one of the matches of a pattern. */
function replaceOne(
  text: string,
  pattern: RegExp,
  random: RandomStream,
  replacement: (found: string) => string,
): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const { index, 0: found } = pick(matches, random);
  return text.slice(0, index) + replacement(found) + text.slice(index + found.length);
}

const swapLines: Mutation = (text, random) => {
  const lines = text.split('\n');
  const [a, b] = [random.integer(lines.length), random.integer(lines.length)];
  [lines[a], lines[b]] = [lines[b]!, lines[a]!];
  return lines.join('\n');
};

const MUTATIONS: readonly Mutation[] = [
  (text, random) => text.slice(0, random.integer(text.length + 1)),
  (text, random) => {
    const [from, to] = range(text, random, 40);
    return text.slice(0, from) + text.slice(to);
  },
  (text, random) => {
    const [from, to] = range(text, random, 200);
    return text.slice(0, to) + text.slice(from, to) + text.slice(to);
  },
  (text, random) => {
    const [at] = range(text, random, 1);
    return text.slice(0, at) + pick(HOSTILE_TEXT, random) + text.slice(at);
  },
  (text, random) => {
    const [at] = range(text, random, 1);
    return text.slice(0, at) + String.fromCharCode(random.integer(256)) + text.slice(at + 1);
  },
  (text, random) => replaceOne(text, /-?\d+(?:\.\d+)?/gu, random, () => pick(HOSTILE_VALUES, random)),
  (text, random) => replaceOne(text, /-?\d+(?:\.\d+)?/gu, random, () => pick(HOSTILE_VALUES, random)),
  (text, random) =>
    replaceOne(text, /-?\d+(?:\.\d+)?/gu, random, (found) => String(Number(found) * (random.integer(7) - 3))),
  (text, random) => replaceOne(text, /"[^"\n]*"/gu, random, () => pick(HOSTILE_VALUES, random)),
  (text, random) => replaceOne(text, /"[^"\n]*"\s*:/gu, random, () => '"__proto__":'),
  (text, random) =>
    replaceOne(text, /"[^"\n]*"\s*:/gu, random, (key) => `${key}${pick(HOSTILE_VALUES, random)},${key}`),
  (text, random) => replaceOne(text, /\{[^{}]*\}|\[[^[\]]*\]/gu, random, () => pick(HOSTILE_VALUES, random)),
  swapLines,
  (text) => text.replaceAll('\n', '\r\n'),
];

/** A text after one to three mutations. */
export function mutated(text: string, random: RandomStream): string {
  let changed = text;
  for (let left = 1 + random.integer(3); left > 0; left -= 1)
    changed = pick(MUTATIONS, random)(changed, random);
  return changed;
}

const UTF8 = 0;
const LATIN1 = 1;
const UTF16 = 2;

/** Bytes after one to three mutations that know no text: cut, dropped, repeated, overwritten. */
export function mutatedBytes(bytes: Buffer, random: RandomStream): Buffer {
  let changed = Buffer.from(bytes);
  for (let left = 1 + random.integer(3); left > 0; left -= 1) {
    const from = random.integer(changed.length + 1);
    const to = Math.min(changed.length, from + random.integer(20));
    const [before, within, after] = [
      changed.subarray(0, from),
      changed.subarray(from, to),
      changed.subarray(to),
    ];
    const kind = random.integer(8);
    if (kind === 0) changed = Buffer.from(before);
    else if (kind === 1) changed = Buffer.concat([before, after]);
    else if (kind === 2) changed = Buffer.concat([before, within, within, after]);
    else if (from < changed.length) changed[from] = random.integer(256);
  }
  return changed;
}

/** Its bytes: nearly always UTF-8, now and then in an encoding that is refused. */
export function encoded(text: string, random: RandomStream): Buffer {
  const encoding = random.integer(40);
  if (encoding === LATIN1) return Buffer.from(text, 'latin1');
  if (encoding === UTF16) return Buffer.from(`\uFEFF${text}`, 'utf16le');
  return encoding === UTF8 ? Buffer.from(`\uFEFF${text}`) : Buffer.from(text);
}
