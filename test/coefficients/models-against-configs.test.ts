import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalog } from '../../src/coefficients/index.js';
import { readModelConfig } from '../../src/ingest/index.js';
import type { ModelArch } from '../../src/trace/model-arch.js';
import { dataFolder } from '../data.js';

const data = dataFolder();
const catalog = await readCatalog();
const models = join(data ?? '', 'models');
/** Multi-head latent attention is recognised and refused, so it is not in the catalogue. */
const UNSUPPORTED = ['deepseek-v2-lite'];
const folders = data === undefined ? [] : (await readdir(models)).filter((name) => !UNSUPPORTED.includes(name));

/** What a `config.json` alone can tell: names and generation defaults are elsewhere. */
function shape({ name: _name, sampling: _sampling, ...rest }: ModelArch) {
  return rest;
}

describe.skipIf(data === undefined)('shipped models', () => {
  it('have published configurations to be held against', () => {
    expect(folders.length).toBeGreaterThanOrEqual(13);
  });

  it.each(folders)('%s agrees with the checkpoint as the importer reads it', async (folder) => {
    const read = await readModelConfig(join(models, folder, 'config.json'));
    expect(shape(catalog.model(folder))).toEqual(shape(read));
  });
});
