import { existsSync } from 'node:fs';

/**
 * Folder of real measurements, or undefined when `TRUELINE_DATA` is not set (tests then skip and say so).
 * Set but missing is an error: CI must never pass by skipping.
 */
export function dataFolder(): string | undefined {
  const folder = process.env['TRUELINE_DATA'];
  if (folder === undefined || folder === '') return undefined;
  if (!existsSync(folder)) throw new Error(`TRUELINE_DATA names a folder that does not exist: ${folder}`);
  return folder;
}
