import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseCoefficientSet,
  readCatalog,
  readCoefficientSet,
  renderCoefficientSet,
  renderCoefficientSetYaml,
  type CoefficientSet,
} from '../../src/coefficients/index.js';
import { refusal, refusalOf } from '../refusal.js';

const catalog = await readCatalog();

const SET: CoefficientSet = {
  formatVersion: 1,
  name: 'example',
  description: 'One fitted term.',
  basis: 'op-roofline',
  entries: {
    layer: {
      value: 29.5,
      unit: 'µs/layer',
      stdError: 85,
      prior: { mean: 400, sd: 400 },
      dataShareRatio: 0.82,
      atBound: false,
      method: 'fitted',
      scope: { engineVersion: '0.15.1', gpus: ['H100'], tensorParallelSizes: [1, 2] },
      sources: [{ name: 'run.json', sha256: 'ab'.repeat(32), rowsUsed: 10, rowsDropped: 1 }],
      rationale: 'Train split.',
    },
    tpLayer: {
      value: 8.24,
      unit: 'µs/layer',
      atBound: false,
      method: 'assumed',
      scope: {},
      sources: [],
      rationale: 'Guess.',
    },
  },
  fit: { toolVersion: '0.1.0', split: 'train', options: { lambda: 0.02, robust: true }, trainErrors: { e2eMapePct: 1.9 } },
};

/** SET with its keys, and those of its first entry, built in another order. */
const REORDERED: CoefficientSet = (() => {
  const { formatVersion, name, description, basis, entries, ...rest } = SET;
  const { layer, ...others } = entries;
  if (layer === undefined) throw new Error('the fixture has a layer entry');
  const { value, unit, ...facts } = layer;
  return { ...rest, entries: { ...others, layer: { ...facts, unit, value } }, basis, description, name, formatVersion };
})();

const backFromYaml = (set: CoefficientSet): string =>
  renderCoefficientSet(parseCoefficientSet(renderCoefficientSetYaml(set), 'set.yaml'));

const withCovariance = (terms: readonly string[], values: readonly (readonly number[])[]): string =>
  JSON.stringify({ ...SET, fit: { ...SET.fit, covariance: { terms, values } } }, null, 2);

const same = (entry: Record<string, unknown>) => entry;

describe('rendering', () => {
  it('reads back to the same set', () => {
    expect(parseCoefficientSet(renderCoefficientSet(SET), 'set.json')).toEqual(SET);
  });

  it('does not depend on the order keys were built in, and ends with a newline', () => {
    const text = renderCoefficientSet(SET);
    expect(renderCoefficientSet(REORDERED)).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('gives the shipped files back byte for byte', async () => {
    for (const [folder, name] of [
      ['sets', 'op-roofline'],
      ['sets', 'op-roofline-prior'],
      ['peers', 'blis-roofline'],
      ['peers', 'blis-trained-physics'],
    ] as const) {
      const file = new URL(`../../coefficients/${folder}/${name}.json`, import.meta.url);
      expect(renderCoefficientSet(catalog.coefficientSet(name))).toBe(await readFile(file, 'utf8'));
    }
  });
});

describe('YAML', () => {
  it('gives every shipped set back byte for byte', () => {
    for (const name of catalog.coefficientSetNames) {
      const set = catalog.coefficientSet(name);
      expect(backFromYaml(set)).toBe(renderCoefficientSet(set));
    }
  });

  it('keeps any number and any text', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('yes', '0x1f', '- *a', '1:30', '# no', 'a\nb\n', ' x ', '~', '<<'));
    const number = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(text, number, fc.array(text), (rationale, value, models) => {
        const layer = { ...SET.entries['layer']!, value, rationale, scope: { models } };
        const set: CoefficientSet = { ...SET, description: rationale, entries: { layer } };
        expect(backFromYaml(set)).toBe(renderCoefficientSet(set));
      }),
    );
  });

  it('has a covariance row per line and no anchors for what entries share', () => {
    const yaml = renderCoefficientSetYaml(catalog.coefficientSet('op-roofline'));
    expect(yaml).toMatch(/^ +- \[[\d.e-]+, /mu);
    expect(yaml).not.toMatch(/[&*]a\d/u);
  });

  it('names the line of a wrong unit', () => {
    const yaml = renderCoefficientSetYaml(SET).replace('unit: µs/layer', 'unit: ms');
    const line = yaml.split('\n').findIndex((row) => row.includes('unit: ms')) + 1;
    const error = refusal(() => parseCoefficientSet(yaml, 'set.yaml'));
    expect(error).toMatchObject({ code: 'COEFFICIENTS_INVALID', file: 'set.yaml', line });
  });
});

describe('covariances that no errors can have', () => {
  it.each([
    ['not symmetric', ['layer', 'tpLayer'], [[4, 1], [2, 9]], 'not symmetric'],
    ['a correlation beyond 1', ['layer', 'tpLayer'], [[4, 7], [7, 9]], 'beyond ±1'],
    ['a negative variance', ['layer', 'tpLayer'], [[-4, 0], [0, 9]], 'variance of `layer` is negative'],
    ['a covariance with what has no variance', ['layer', 'tpLayer'], [[0, 1], [1, 9]], 'beyond ±1'],
    ['a term twice', ['layer', 'layer'], [[4, 0], [0, 9]], 'named twice'],
    ['a term without an entry', ['layer', 'moe'], [[4, 0], [0, 9]], 'no entry'],
  ])('%s', (_what, terms, values, found) => {
    const error = refusal(() => parseCoefficientSet(withCovariance(terms, values), 'set.json'));
    expect(error).toMatchObject({ code: 'COEFFICIENTS_INVALID', file: 'set.json' });
    expect(error.message).toContain(found);
    expect(error.line).toBeGreaterThan(1);
  });

  it('a combination of three with a negative variance', () => {
    const { layer } = SET.entries;
    const entries = Object.fromEntries(['layer', 'tpLayer', 'topPStep'].map((name) => [name, layer]));
    const values = [
      [1, 0.9, 0.9],
      [0.9, 1, -0.9],
      [0.9, -0.9, 1],
    ];
    const units = { ...entries, topPStep: { ...layer, unit: 'µs/step' } };
    const text = JSON.stringify({ ...SET, entries: units, fit: { ...SET.fit, covariance: { terms: Object.keys(units), values } } });
    expect(refusal(() => parseCoefficientSet(text, 'set.json')).message).toContain('not positive semidefinite');
  });

  it('takes singular ones and those without terms', () => {
    for (const [terms, values] of [
      [['layer', 'tpLayer'], [[4, 6], [6, 9]]],
      [['layer', 'tpLayer'], [[0, 0], [0, 9]]],
      [[], []],
    ] as const) {
      expect(parseCoefficientSet(withCovariance(terms, values), 'set.json').fit?.covariance).toEqual({ terms, values });
    }
  });
});

describe('keys written twice', () => {
  it.each([
    ['entry', '"layer": {', '"layer": {}, "layer": {'],
    ['value', '"value": 29.5', '"value": 1, "value": 29.5'],
  ])('refuses a second %s, with its line', (_what, once, twice) => {
    const text = renderCoefficientSet(SET).replace(once, twice);
    const line = text.split('\n').findIndex((row) => row.includes(twice)) + 1;
    const error = refusal(() => parseCoefficientSet(text, 'set.json'));
    expect(error).toMatchObject({ code: 'COEFFICIENTS_INVALID', line });
    expect(error.message).toContain('twice');
  });

  it('takes a text that looks like a key for a text', () => {
    const set = { ...SET, description: 'a "name": b \\' };
    expect(parseCoefficientSet(renderCoefficientSet(set), 'set.json')).toEqual(set);
  });
});

describe('refusals', () => {
  const withEntry = (change: (entry: Record<string, unknown>) => Record<string, unknown>, term = 'layer') => {
    const entries = { [term]: change({ ...SET.entries['layer'] }) };
    return JSON.stringify({ ...SET, entries }, null, 2);
  };
  it.each([
    ['misspelt key', withEntry(({ value, ...rest }) => ({ vlaue: value, ...rest })), 'KEY_UNKNOWN', '`value`'],
    ['misspelt term', withEntry(same, 'layerr'), 'KEY_UNKNOWN', '`layer`'],
    ['unit of another term', withEntry((entry) => ({ ...entry, unit: 'ms' })), 'COEFFICIENTS_INVALID', 'µs/layer'],
    ['negative value', withEntry((entry) => ({ ...entry, value: -1 })), 'COEFFICIENTS_INVALID', undefined],
    ['share above one', withEntry((entry) => ({ ...entry, dataShareRatio: 1.5 })), 'COEFFICIENTS_INVALID', undefined],
    ['unknown basis', JSON.stringify({ ...SET, basis: 'op-rooflin' }), 'COEFFICIENTS_INVALID', 'op-roofline'],
    ['later format', JSON.stringify({ ...SET, formatVersion: 2 }), 'COEFFICIENTS_INVALID', undefined],
    ['text that stops', JSON.stringify(SET).slice(0, 200), 'FILE_TRUNCATED', 'Copy'],
  ])('%s', (_what, text, code, hint) => {
    const error = refusal(() => parseCoefficientSet(text, 'set.json'));
    expect(error).toMatchObject({ code, file: 'set.json' });
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });

  it('names the line', () => {
    const text = withEntry((entry) => ({ ...entry, method: 'guessed' }));
    const line = text.split('\n').findIndex((row) => row.includes('guessed')) + 1;
    expect(refusal(() => parseCoefficientSet(text, 'set.json')).line).toBe(line);
  });

  it.each([
    ['unit', withEntry((entry) => ({ ...entry, unit: 'ms' })), '"unit": "ms"'],
    ['basis', JSON.stringify({ ...SET, basis: 'op-rooflin' }, null, 2), '"basis"'],
  ])('names the line of a wrong %s', (_what, text, found) => {
    const line = text.split('\n').findIndex((row) => row.includes(found)) + 1;
    expect(refusal(() => parseCoefficientSet(text, 'set.json')).line).toBe(line);
  });

  it('names the line of a term that the basis does not have', () => {
    const error = refusal(() => parseCoefficientSet(withEntry(same, 'layerr'), 'set.json'));
    expect(error).toMatchObject({ code: 'KEY_UNKNOWN' });
    // the entry opens on the line of its name
    expect(withEntry(same, 'layerr').split('\n')[error.line! - 1]).toContain('layerr');
  });
});

describe('readCoefficientSet', () => {
  it('takes a file or the name of a shipped set', async () => {
    const file = new URL('../../coefficients/peers/blis-roofline.json', import.meta.url).pathname;
    expect(await readCoefficientSet(file)).toEqual(await readCoefficientSet('blis-roofline'));
  });

  it('says when the file is not there', async () => {
    expect((await refusalOf(readCoefficientSet('./no-such-set.json'))).code).toBe('FILE_NOT_FOUND');
  });
});
