import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromBlis,
  parseBlisCoefficients,
  readCoefficientSet,
  renderBlisCoefficients,
  toBlis,
  type BlisCoefficients,
} from '../../src/coefficients/index.js';
import { refusal } from '../refusal.js';

const FACTS = { name: 'peer', source: { name: 'defaults.yaml', sha256: 'ab'.repeat(32) }, scope: {} };
const PUBLISHED = `defaults:
  - model: a
trained_physics_coefficients:
  alpha_coeffs: [15563.199579, 777.3455, 45.907545]
  beta_coeffs:
    [0.152128, 0, 1.36252915, 0.752037, 32.09546717, 4.41684444, 126.024825, 481.8613888, 0, 1.94710771, 0.752037]
`;

const anyCoefficient = fc.double({ min: 0, max: 1e9, noNaN: true });
const anyCoefficients: fc.Arbitrary<BlisCoefficients> = fc.record({
  alpha: fc.array(anyCoefficient, { minLength: 3, maxLength: 3 }),
  beta: fc.array(anyCoefficient, { minLength: 7, maxLength: 11 }),
});

const values = (coefficients: BlisCoefficients): Record<string, number> =>
  Object.fromEntries(
    Object.entries(fromBlis(coefficients, FACTS).entries).map(([name, { value }]) => [name, value]),
  );

describe('BLIS coefficients', () => {
  it('come back from a set and from YAML to the last bit', () => {
    fc.assert(
      fc.property(anyCoefficients, (coefficients) => {
        const set = fromBlis(coefficients, FACTS);
        const written = toBlis(set);
        const read = parseBlisCoefficients(renderBlisCoefficients(written, ['# of a set']), 'out.yaml');
        expect(read).toEqual(written);
        expect(fromBlis(read, FACTS).entries).toEqual(
          fromBlis({ ...coefficients, beta: written.beta }, FACTS).entries,
        );
        expect(written.beta.slice(0, coefficients.beta.length)).toEqual(coefficients.beta);
      }),
    );
  });

  it('read out of a bigger file are the set that ships', async () => {
    const shipped = await readCoefficientSet('blis-trained-physics');
    const read = parseBlisCoefficients(PUBLISHED, 'defaults.yaml');
    expect(values(read)).toEqual(
      Object.fromEntries(Object.entries(shipped.entries).map(([name, { value }]) => [name, value])),
    );
    expect(toBlis(shipped)).toEqual(read);
  });

  it('state file, hash and no error at every number', () => {
    const set = fromBlis(parseBlisCoefficients(PUBLISHED, 'defaults.yaml'), {
      ...FACTS,
      scope: { gpus: ['H100'] },
    });
    for (const entry of Object.values(set.entries)) {
      expect(entry).toMatchObject({ method: 'vendor', scope: { gpus: ['H100'] } });
      expect(entry.sources).toEqual([{ ...FACTS.source, rowsUsed: 0, rowsDropped: 0 }]);
      expect(entry.stdError).toBeUndefined();
    }
  });

  it.each([
    [7, 'trained-physics-max', 'interleavedMoeLayers', 0],
    [8, 'trained-physics-max', 'interleavedMoeLayers', 8],
    [9, 'trained-physics-prefill-split', 'prefillKv', 9],
    [10, 'trained-physics', 'expertExchange', 4],
    [11, 'trained-physics', 'expertExchange', 11],
  ])('of %d numbers are of %s', (count, basis, last, value) => {
    const beta = Array.from({ length: count }, (_, i) => i + 1);
    const set = fromBlis({ alpha: [1, 2, 3], beta }, FACTS);
    expect(set.basis).toBe(basis);
    expect(set.entries[last]?.value).toBe(value);
    expect(set.entries['queueing']?.value).toBe(1);
  });

  it.each([
    ['six numbers', 'beta_coeffs: [1, 2, 3, 4, 5, 6]\nalpha_coeffs: [1, 2, 3]', 'COEFFICIENTS_INVALID', 1],
    [
      'a negative one',
      'alpha_coeffs: [1, 2, 3]\nbeta_coeffs: [1, 2, 3, 4, 5, 6, -7]',
      'COEFFICIENTS_INVALID',
      2,
    ],
    ['no α', 'a: 1\nbeta_coeffs: [1, 2, 3, 4, 5, 6, 7]', 'KEY_UNKNOWN', 1],
    ['no block', 'models: []', 'COEFFICIENTS_INVALID', undefined],
    ['no YAML', 'a: [', 'FORMAT_INVALID', undefined],
  ])('refuses %s', (_what, text, code, line) => {
    const error = refusal(() => parseBlisCoefficients(text, 'defaults.yaml'));
    expect(error).toMatchObject({ code, file: 'defaults.yaml' });
    if (line !== undefined) expect(error.line).toBe(line);
  });

  it('refuses to hand over coefficients of another basis', async () => {
    const set = await readCoefficientSet('op-roofline');
    const error = refusal(() => toBlis(set));
    expect(error.code).toBe('COEFFICIENTS_INVALID');
    expect(error.hint).toContain('--basis trained-physics');
  });
});
