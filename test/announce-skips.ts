import { dataFolder } from './data.js';

/** Says once, before the tests, why some of them are skipped. */
export function setup(): void {
  if (dataFolder() !== undefined) return;
  process.stderr.write('TRUELINE_DATA is not set: tests against real measurements are skipped.\n');
}
