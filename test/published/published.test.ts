import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const run = (...args: readonly string[]) => spawnSync(process.execPath, args, { encoding: 'utf8' });

describe('what is published', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trueline-published-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has coefficients that a refit of the train split reproduces byte for byte', () => {
    const out = join(folder, 'op-roofline.json');
    const { status, stderr } = run('dist/cli/main.js', 'fit', 'validation/public-suite', '--out', out);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(out, 'utf8')).toBe(readFileSync('coefficients/sets/op-roofline.json', 'utf8'));
  }, 300_000);

  // Sections that take minutes are checked by a hash of their inputs.
  it('has tables in README.md and docs/accuracy.md that are up to date', () => {
    const { status, stderr } = run('scripts/write-accuracy.mjs', '--check', '--fast');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 300_000);

  it('predicts what its baseline has, and no worse', () => {
    const result = join(folder, 'result.json');
    run('dist/cli/main.js', 'validate', '--seeds', '3', '--no-intervals', '--out', result);
    const baseline = 'validation/public-suite/baseline.json';
    const { status, stdout } = run('dist/cli/main.js', 'check', result, '--baseline', baseline);
    expect({ status, stdout }).toMatchObject({ status: 0 });
    expect(stdout).toContain('742 pass.');
  }, 300_000);
});
