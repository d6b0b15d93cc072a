import { relative } from 'node:path';
import { TruelineError } from '../errors.js';
import { findRuns, readSuite } from '../ingest/index.js';
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
  | { readonly kind: 'runs'; readonly paths: readonly string[] };

/**
 * Finds out what a path holds, and reads it unless it holds several runs.
 * @throws any code of `ingestPath` for a single run, of `readSuite` for a suite
 */
export async function readMeasurements(path: string): Promise<Measurements> {
  if (isSuiteFolder(path)) return { kind: 'suite', suite: await readSuite(path) };
  const paths = await findRuns(path);
  return paths.length === 1 ? { kind: 'run', trace: await readTrace(paths[0]!) } : { kind: 'runs', paths };
}

/**
 * Reads several runs one after the other and keeps of each what `summarise` makes of it; one that cannot be read does not
 * hide the others.
 * @param root folder that runs are named from
 */
export async function summariseRuns<T>(
  root: string,
  paths: readonly string[],
  summarise: (run: string, trace: Trace) => T,
): Promise<{ readonly summaries: readonly T[]; readonly refused: readonly RefusedRun[] }> {
  const summaries: T[] = [];
  const refused: RefusedRun[] = [];
  for (const path of paths) {
    const run = relative(root, path).replaceAll('\\', '/');
    try {
      summaries.push(summarise(run, await readTrace(path)));
    } catch (error) {
      if (!(error instanceof TruelineError)) throw error;
      refused.push({ run, refusal: error });
    }
  }
  return { summaries, refused };
}
