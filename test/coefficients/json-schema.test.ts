import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { coefficientJsonSchema } from '../../src/coefficients/index.js';

describe('the JSON Schema of coefficient files', () => {
  it('is the one that ships: run `trueline coefficients schema` when the format changes', () => {
    const shipped: unknown = JSON.parse(readFileSync('docs/schemas/coefficient-set-v1.schema.json', 'utf8'));
    expect(shipped).toEqual(JSON.parse(JSON.stringify(coefficientJsonSchema())));
  });
});
