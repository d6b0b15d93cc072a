import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { renderValidationResult } from '../../src/cli/validation-result-file.js';
import { scaled, twelveRuns, validationOf } from '../gate/made-up-results.js';
import { workplace } from './run-cli.js';

const place = workplace();
afterAll(place.remove);

const accepted = validationOf(twelveRuns());
const file = (name: string): string => join(place.folder, name);
writeFileSync(file('good.json'), renderValidationResult(accepted));
writeFileSync(file('bad.json'), renderValidationResult(scaled(accepted, 'e2eMeanMs', 'H100', 1.03)));
const update = place.run(
  'check',
  'good.json',
  '--baseline',
  'base.json',
  '--update-baseline',
  '--reason',
  'first',
);

describe('trueline check', () => {
  it('accepts a first result as the baseline, with its reason', () => {
    expect([update.code, update.stdout, update.stderr]).toEqual([
      0,
      'Wrote base.json: 36 of 36 figures changed.\n',
      '',
    ]);
    expect(JSON.parse(readFileSync(file('base.json'), 'utf8'))).toMatchObject({
      updates: [{ reason: 'first' }],
    });
  });

  it('exits 0 when nothing changed, 1 on a regression, which JUnit names', () => {
    expect(place.run('check', 'good.json', '--baseline', 'base.json').code).toBe(0);
    const bad = place.run('check', 'bad.json', '--baseline', 'base.json', '--junit', 'gate.xml');
    expect([bad.code, bad.stderr]).toEqual([1, '']);
    expect(bad.stdout).toContain('Fidelity: FAIL.');
    expect(readFileSync(file('gate.xml'), 'utf8')).toContain('name="mean |error| % of E2E mean, gpu H100"');
  });

  it('gives both verdicts as JSON', () => {
    const { stdout } = place.run('check', 'bad.json', '--baseline', 'base.json', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ drift: { passed: false }, fidelity: { passed: false } });
  });

  it.each([
    ['no baseline option', ['good.json'], 'USAGE'],
    ['no such baseline', ['good.json', '--baseline', 'none.json'], 'FILE_NOT_FOUND'],
    ['a result for a baseline', ['good.json', '--baseline', 'good.json'], 'KEY_UNKNOWN'],
    ['an update without a reason', ['good.json', '--baseline', 'base.json', '--update-baseline'], 'USAGE'],
    [
      'a blank reason',
      ['good.json', '--baseline', 'base.json', '--update-baseline', '--reason', ' '],
      'USAGE',
    ],
    ['a reason without an update', ['good.json', '--baseline', 'base.json', '--reason', 'x'], 'USAGE'],
    ['--github elsewhere', ['good.json', '--baseline', 'base.json', '--github'], 'USAGE'],
  ])('refuses %s', (_, args, code) => {
    const { code: exit, stderr, stdout } = place.run('check', ...args);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`[${code}]`);
  });

  it('leaves the baseline alone when it refuses or fails', () => {
    const before = readFileSync(file('base.json'), 'utf8');
    place.run('check', 'bad.json', '--baseline', 'base.json');
    place.run('check', 'bad.json', '--baseline', 'base.json', '--update-baseline');
    expect(readFileSync(file('base.json'), 'utf8')).toBe(before);
  });
});
