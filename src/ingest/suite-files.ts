import { relative, sep } from 'node:path';
import type { SuiteFile } from '../trace/suite.js';
import type { ExperimentSource } from './experiment-file.js';
import { hashFile } from './read-file.js';

/** A file by its path in the suite, with slashes on every system. */
export async function suiteFile(dir: string, file: string, experiment?: string): Promise<SuiteFile> {
  return {
    path: relative(dir, file).split(sep).join('/'),
    sha256: await hashFile(file),
    ...(experiment !== undefined && { experiment }),
  };
}

/**
 * The experiment files of a suite, each followed by the request table it names.
 * @param files of the sources, in their order
 */
export async function hashedFiles(
  dir: string,
  sources: readonly ExperimentSource[],
  files: readonly string[],
): Promise<SuiteFile[]> {
  const read: SuiteFile[] = [];
  for (const [i, { experiment, requestsFile }] of sources.entries()) {
    read.push(await suiteFile(dir, files[i]!, experiment.id));
    if (requestsFile !== undefined) read.push(await suiteFile(dir, requestsFile, experiment.id));
  }
  return read;
}
