import { DATA_IMPORTERS, FACTS_IMPORTERS } from './formats.js';
import { listEntries, listFiles } from './list-files.js';
import { probeFile, type FileProbe } from './probe-file.js';
import { pathKind } from './read-file.js';
import { TRUELINE_TRACE } from './trueline-trace.js';

const MEASUREMENTS = [TRUELINE_TRACE, ...DATA_IMPORTERS];
const OF_A_RUN = [...MEASUREMENTS, ...FACTS_IMPORTERS];

/** The runs that a path holds. */
export interface FoundRuns {
  /** Their paths, in a fixed order; never empty. */
  readonly paths: readonly string[];
  /** Links beside runs that lead out of the folder: what they lead to is not read. */
  readonly strayLinks: readonly string[];
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
 * @throws FILE_NOT_FOUND
 */
export async function findRuns(path: string): Promise<FoundRuns> {
  return (await pathKind(path)) === 'folder' ? runsIn(path, path) : { paths: [path], strayLinks: [] };
}

/** @param root the folder that links must not lead out of */
async function runsIn(folder: string, root: string): Promise<FoundRuns> {
  const { files, folders, strayLinks } = await listEntries(folder, root);
  const itself = { paths: [folder], strayLinks: [] };
  if (folders.length < 2 || (await describesRun(files))) return itself;
  const measured: { folder: string; formats: ReadonlySet<string> }[] = [];
  for (const each of folders) measured.push({ folder: each, formats: await measuredFormats(each) });
  const holding = measured.filter(({ formats }) => formats.size > 0);
  const formats = holding.flatMap((found) => [...found.formats]);
  if (new Set(formats).size === formats.length) return itself;
  const found: FoundRuns[] = [];
  for (const each of holding) found.push(await runsIn(each.folder, root));
  return {
    paths: found.flatMap(({ paths }) => paths),
    strayLinks: [...strayLinks, ...found.flatMap((runs) => runs.strayLinks)],
  };
}
