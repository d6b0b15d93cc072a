import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { renderValidationResult } from '../../src/cli/validation-result-file.js';
import { scaled, twelveRuns, validationOf } from '../gate/made-up-results.js';
import { workplace, type CliRun } from './run-cli.js';

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
    [
      'an update with a report of verdicts, which would not be written',
      ['good.json', '--baseline', 'base.json', '--update-baseline', '--reason', 'x', '--junit', 'u.xml'],
      'USAGE',
    ],
    ['--github elsewhere', ['good.json', '--baseline', 'base.json', '--github'], 'USAGE'],
  ])('refuses %s', (_, args, code) => {
    const { code: exit, stderr, stdout } = place.run('check', ...args);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`[${code}]`);
  });

  it('prints for GitHub what names cannot turn into commands, and says when the summary cannot be written', () => {
    const names = twelveRuns().map((run) => ({ ...run, id: `::error::${run.id}` }));
    const odd = validationOf(names);
    writeFileSync(file('named.json'), renderValidationResult(odd));
    writeFileSync(file('named-bad.json'), renderValidationResult(scaled(odd, 'e2eMeanMs', 'H100', 1.03)));
    place.run('check', 'named.json', '--baseline', 'named-base.json', '--update-baseline', '--reason', 'x');
    const onGithub = (summary: string): CliRun => {
      const args = ['check', 'named-bad.json', '--baseline', 'named-base.json', '--github'];
      return place.runWith({ GITHUB_STEP_SUMMARY: summary }, ...args);
    };
    const lines = onGithub('summary.md').stdout.trimEnd().split('\n');
    const fence = lines.findIndex((line) => line.startsWith('::stop-commands::'));
    const named = lines.flatMap((line, i) => (line.trimStart().startsWith('::error::') ? [i] : []));
    expect(named.length).toBeGreaterThan(0);
    expect(fence).toBeLessThan(Math.min(...named));
    expect(lines.at(-1)).toBe(`::${lines[fence]?.slice('::stop-commands::'.length)}::`);
    const { code, stderr } = onGithub('.');
    expect([code, stderr.includes('[FILE_UNWRITABLE]')]).toEqual([2, true]);
  });

  const [row] = accepted.rows;
  const [experiment] = accepted.experiments;
  it.each([
    ['no seeds, which noise would be divided by', { seeds: [] }, '`seeds`'],
    ['a seed twice', { seeds: [0, 0] }, '`seeds`: a seed is there twice'],
    ['a seed that is none', { seeds: [0.5] }, '`seeds[0]`'],
    ['a measured 0', { rows: [{ ...row, measuredMs: 0 }] }, '`rows[0].measuredMs`'],
    ['a negative prediction', { rows: [{ ...row, predictedMs: -1 }] }, '`rows[0].predictedMs`'],
    ['a negative spread', { rows: [{ ...row, seedSpreadPct: -1 }] }, '`rows[0].seedSpreadPct`'],
    [
      'a spread that one replay cannot have, which noise would be read from',
      { rows: [{ ...row, seedSpreadPct: 101 }] },
      '`rows[0].seedSpreadPct`: 1 replays cannot spread',
    ],
    [
      'a figure twice',
      { rows: [row, row] },
      '`rows[1]`: ttftMeanMs of experiment 0, stage all, is there twice',
    ],
    ['an experiment twice', { experiments: [experiment, experiment] }, 'experiment 0 is there twice'],
    [
      'figures of an experiment that it does not list, which no group would have',
      { experiments: accepted.experiments.slice(1) },
      '`rows[0]`: experiment 0 is not among the experiments',
    ],
  ])('refuses a result with %s', (_, edit, found) => {
    writeFileSync(file('odd.json'), JSON.stringify({ ...accepted, ...edit }));
    const { code, stdout, stderr } = place.run('check', 'odd.json', '--baseline', 'base.json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(found);
    expect(stderr).toContain('[FORMAT_INVALID]');
  });

  it('refuses a baseline with a figure twice, of which one would hide the other', () => {
    const baseline = z
      .looseObject({ figures: z.array(z.unknown()) })
      .parse(JSON.parse(readFileSync(file('base.json'), 'utf8')));
    const figures = [...baseline.figures, baseline.figures[0]];
    writeFileSync(file('twice.json'), JSON.stringify({ ...baseline, figures }));
    const { code, stderr } = place.run('check', 'good.json', '--baseline', 'twice.json');
    expect([code, stderr]).toEqual([
      2,
      'twice.json:1: `figures[36]`: ttftMeanMs of experiment 0, stage all, is there twice [BASELINE_INVALID]\n',
    ]);
  });

  it('leaves the baseline alone when it refuses or fails', () => {
    const before = readFileSync(file('base.json'), 'utf8');
    place.run('check', 'bad.json', '--baseline', 'base.json');
    place.run('check', 'bad.json', '--baseline', 'base.json', '--update-baseline');
    expect(readFileSync(file('base.json'), 'utf8')).toBe(before);
  });
});
