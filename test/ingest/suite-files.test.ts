import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSuite } from '../../src/ingest/index.js';
import { fixture } from './fixtures.js';

const SHIPPED = fileURLToPath(new URL('../../validation/public-suite', import.meta.url));

const sha256 = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('files of a suite', () => {
  it('are hashed, each with its experiment', async () => {
    const { experiments, files = [] } = await readSuite(SHIPPED);
    expect(files.map(({ experiment }) => experiment)).toEqual(experiments.map(({ id }) => id));
    const [first] = files;
    expect(first?.path).toMatch(/^experiments\/.*\.yaml$/u);
    expect(first?.sha256).toBe(await sha256(join(SHIPPED, first!.path)));
  });

  it('of the public layout are what all experiments share', async () => {
    const folder = fixture('public-layout');
    const { files } = await readSuite(folder);
    expect(files).toEqual([
      { path: 'experiments.json', sha256: await sha256(join(folder, 'experiments.json')) },
      { path: 'measurements.csv', sha256: await sha256(join(folder, 'measurements.csv')) },
    ]);
  });
});
