import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_IMPORTERS, FACTS_IMPORTERS } from './formats.js';
import { listFiles } from './list-files.js';
import { probeFile, type FileProbe } from './probe-file.js';
import { fileError, pathKind } from './read-file.js';
import { TRUELINE_TRACE } from './trueline-trace.js';

const MEASUREMENTS = [TRUELINE_TRACE, ...DATA_IMPORTERS];
const OF_A_RUN = [...MEASUREMENTS, ...FACTS_IMPORTERS];

/** Files and folders of a folder, hidden ones left out, in a fixed order. */
async function contents(folder: string): Promise<{ readonly files: string[]; readonly folders: string[] }> {
  try {
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).toSorted();
    const paths = names.map((name) => join(folder, name));
    const kinds = await Promise.all(paths.map((path) => pathKind(path)));
    return {
      files: paths.filter((_, i) => kinds[i] !== 'folder'),
      folders: paths.filter((_, i) => kinds[i] === 'folder'),
    };
  } catch (cause) {
    throw fileError(cause, folder);
  }
}

/** A file that cannot be looked into belongs to no format here; reading the run says what is wrong with it. */
async function tryProbe(file: string): Promise<FileProbe | undefined> {
  try {
    return await probeFile(file);
  } catch {
    return undefined;
  }
}

async function describesRun(files: readonly string[]): Promise<boolean> {
  for (const file of files) {
    const probe = await tryProbe(file);
    if (probe !== undefined && OF_A_RUN.some(({ matches }) => matches(probe))) return true;
  }
  return false;
}

/** Formats in which a folder holds measurements. */
async function measuredFormats(folder: string): Promise<ReadonlySet<string>> {
  const formats = new Set<string>();
  for (const file of (await listFiles(folder)).files) {
    const probe = await tryProbe(file);
    for (const { format, matches } of MEASUREMENTS)
      if (probe !== undefined && matches(probe)) formats.add(format);
  }
  return formats;
}

/**
 * The runs that a path holds: itself, unless it is a folder of runs. That is one in which no file describes a run, and
 * several sub-folders hold measurements in the same format; folders of one run (`client/` and `server/`) differ in theirs.
 * @returns paths in a fixed order; never empty
 * @throws FILE_NOT_FOUND
 */
export async function findRuns(path: string): Promise<readonly string[]> {
  if ((await pathKind(path)) !== 'folder') return [path];
  const { files, folders } = await contents(path);
  if (folders.length < 2 || (await describesRun(files))) return [path];
  const measured: { folder: string; formats: ReadonlySet<string> }[] = [];
  for (const folder of folders) measured.push({ folder, formats: await measuredFormats(folder) });
  const holding = measured.filter(({ formats }) => formats.size > 0);
  const formats = holding.flatMap((found) => [...found.formats]);
  if (new Set(formats).size === formats.length) return [path];
  const found: string[] = [];
  for (const { folder } of holding) found.push(...(await findRuns(folder)));
  return found;
}
