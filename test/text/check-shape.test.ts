import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { checkShape } from '../../src/text/check-shape.js';
import { parseJsonDocument } from '../../src/text/parse-document.js';
import { refusal } from '../refusal.js';

const schema = z.strictObject({ record: z.strictObject({ formatVersion: z.literal(1) }) });
const refused = (value: unknown) =>
  refusal(() => checkShape(schema, parseJsonDocument(JSON.stringify(value), 'file.json')));

describe('a key that a file cannot have', () => {
  it.each([
    ['misspelt', { record: { formatVersoin: 1 } }, 'Did you mean `formatVersion`?'],
    ['like no other', { record: { formatVersion: 1 }, zzzzzzzz: 1 }, 'Remove the key.'],
    [
      'in the wrong place',
      { formatVersion: 1 },
      'It belongs elsewhere in such a file; is this one of another kind?',
    ],
  ])('is refused with a way out when it is %s', (_, value, hint) => {
    const error = refused(value);
    expect([error.code, error.hint]).toEqual(['KEY_UNKNOWN', hint]);
  });
});
