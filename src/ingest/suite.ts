import { join } from 'node:path';
import { TruelineError } from '../errors.js';
import type { Suite } from '../trace/suite.js';
import { readPublicSuite } from './public-suite.js';
import { pathExists, pathKind } from './read-file.js';
import { readTruelineSuite } from './trueline-suite.js';

/**
 * Reads a suite folder: Trueline's own layout (`suite.yaml`) or the public one (`experiments.json`).
 * @throws FORMAT_UNKNOWN when the folder is neither; otherwise what the reader of the layout throws
 */
export async function readSuite(dir: string): Promise<Suite> {
  if ((await pathKind(dir)) === 'folder') {
    if (await pathExists(join(dir, 'suite.yaml'))) return readTruelineSuite(dir);
    if (await pathExists(join(dir, 'experiments.json'))) return readPublicSuite(dir);
  }
  throw new TruelineError('FORMAT_UNKNOWN', 'not a suite folder', {
    file: dir,
    hint: 'A suite holds `suite.yaml` and `experiments/*.yaml`, or `experiments.json` and `measurements.csv`.',
  });
}
