import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { dataFolder } from '../data.js';
import { shipped } from '../cli/run-cli.js';

describe.skipIf(dataFolder() === undefined)('the tables of docs/formats.md on public data', () => {
  it('are what reading and linting it comes to', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [shipped('scripts/write-ingest-table.mjs'), '--check'],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 120_000);
});
