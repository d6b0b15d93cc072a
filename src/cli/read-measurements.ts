import { relative } from 'node:path';
import { TruelineError } from '../errors.js';
import { findRuns, readSuite, type FoundRuns } from '../ingest/index.js';
import type { Suite } from '../trace/suite.js';
import type { Trace } from '../trace/trace.js';
import { readTrace } from './read-trace.js';
import { isSuiteFolder } from './suite-folder.js';

/** A run among others that could not be read. */
export interface RefusedRun {
  readonly run: string;
  readonly refusal: TruelineError;
}

/** What a path holds: one run, a suite of experiments, or several runs, by their folders. */
export type Measurements =
  | { readonly kind: 'run'; readonly trace: Trace }
  | { readonly kind: 'suite'; readonly suite: Suite }
  | ({ readonly kind: 'runs' } & FoundRuns);

/**
 * Finds out what a path holds, and reads it unless it holds several runs.
 * @throws any code of `ingestPath` for a single run, of `readSuite` for a suite
 */
export async function readMeasurements(path: string): Promise<Measurements> {
  if (isSuiteFolder(path)) return { kind: 'suite', suite: await readSuite(path) };
  const found = await findRuns(path);
  if (found.paths.length > 1) return { kind: 'runs', ...found };
  return { kind: 'run', trace: await readTrace(found.paths[0]!) };
}

const refuseLink = (link: string): TruelineError =>
  new TruelineError('FILE_UNREADABLE', 'a link that leads out of the folder, or nowhere', {
    file: link,
    hint: 'Copy the run into the folder.',
  });

/**
 * Reads several runs one after the other and keeps of each what `summarise` makes of it; one that cannot be read, and a
 * link that leads out of the folder, does not hide the others.
 * @param root folder that runs are named from
 */
export async function summariseRuns<T>(
  root: string,
  { paths, strayLinks }: FoundRuns,
  summarise: (run: string, trace: Trace) => T,
): Promise<{ readonly summaries: readonly T[]; readonly refused: readonly RefusedRun[] }> {
  const nameOf = (path: string): string => relative(root, path).replaceAll('\\', '/');
  const summaries: T[] = [];
  const refused: RefusedRun[] = strayLinks.map((link) => ({ run: nameOf(link), refusal: refuseLink(link) }));
  for (const path of paths) {
    const run = nameOf(path);
    try {
      summaries.push(summarise(run, await readTrace(path)));
    } catch (error) {
      if (!(error instanceof TruelineError)) throw error;
      refused.push({ run, refusal: error });
    }
  }
  return { summaries, refused };
}
