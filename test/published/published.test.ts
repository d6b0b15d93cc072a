import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dataFolder } from '../data.js';

/** Sections that take minutes are checked where real data is, as in CI, not on every `npm test`. */
const FAST = dataFolder() === undefined ? ['--fast'] : [];

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

  it('has tables in README.md and docs/accuracy.md that are up to date', () => {
    const { status, stderr } = run('scripts/write-accuracy.mjs', '--check', ...FAST);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 1_800_000);
});
