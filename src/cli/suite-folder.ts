import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** True for a folder that holds a suite of experiments, in our own layout or the public one. */
export const isSuiteFolder = (path: string): boolean =>
  ['suite.yaml', 'experiments.json'].some((name) => existsSync(join(path, name)));
