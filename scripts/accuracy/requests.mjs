import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deeper, trueline } from './trueline.mjs';

/** Public per-request logs (inference-sim/training), all of them measured on H100. */
export const requests = {
  name: 'requests',
  needsData: true,
  slow: true,
  render({ dataFolder }) {
    const folder = join(dataFolder, 'per-request');
    const runs = readdirSync(folder).toSorted();
    const paths = runs.map((run) => join(folder, run));
    return deeper(trueline('validate', 'requests', ...paths, '--gpu', 'H100', '--format', 'markdown'));
  },
};
