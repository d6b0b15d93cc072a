import { basename } from 'node:path';
import type { BasisContext } from '../../basis/index.js';
import type { Catalog } from '../../coefficients/index.js';
import { TruelineError } from '../../errors.js';
import { fitSteps, type SetProvenance } from '../../fit/index.js';
import type { Trace } from '../../trace/trace.js';
import type { ServedOptions } from '../arguments/served.js';
import { readTrace } from '../read-trace.js';
import { resolveServed } from '../served.js';
import { fitRequestLogs } from './fit-request-logs.js';
import { scopeOf, type FittedRuns, type FitSettings } from './fitted-runs.js';

/** A run as it was given on the command line: its id is its path. */
export interface Run {
  readonly id: string;
  readonly trace: Trace;
  readonly context: BasisContext;
}

/**
 * Reads the runs of a fit.
 * @throws as `ingestPath` and `resolveServed`
 */
export async function readRuns(
  catalog: Catalog,
  paths: readonly string[],
  served: ServedOptions,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const path of paths) {
    const trace = await readTrace(path);
    runs.push({ id: path, trace, context: await resolveServed(catalog, served, trace.meta, path) });
  }
  return runs;
}

/**
 * Fits traces: engine steps where every run has them, single requests where none has.
 * @throws USAGE when some runs have steps and some have not; TRACE_EMPTY; as the fit
 */
export async function fitTraces(runs: readonly Run[], settings: FitSettings): Promise<FittedRuns> {
  const { basis, ...options } = settings;
  const result = haveSteps(runs) ? fitSteps(basis, runs, options) : await fitRequestLogs(runs, settings);
  const used = runs.filter((run) => result.groupsUsed.includes(run.id));
  const heldOut = runs.filter((run) => !used.includes(run));
  return {
    result,
    provenance: {
      split: `${describeRuns(used)}; held out: ${describeRuns(heldOut)}`,
      scope: scopeOf(used.map((run) => run.context)),
      sources: used.flatMap(sourcesOf),
      files: used.flatMap((run) => sourcesOf(run).map((file) => ({ ...file, groups: [run.id] }))),
    },
  };
}

const describeRuns = (runs: readonly Run[]): string =>
  runs.length === 0 ? 'nothing' : runs.map((run) => basename(run.id)).join(', ');

function haveSteps(runs: readonly Run[]): boolean {
  const without = runs.filter((run) => (run.trace.steps?.count ?? 0) === 0);
  const empty = without.find((run) => run.trace.requests.count === 0);
  if (empty !== undefined)
    throw new TruelineError('TRACE_EMPTY', 'holds neither engine steps nor requests', { file: empty.id });
  if (without.length === 0 || without.length === runs.length) return without.length === 0;
  throw new TruelineError('USAGE', 'holds no engine steps, but other inputs do', {
    file: without[0]!.id,
    hint: 'Fit step traces and per-request logs separately.',
  });
}

/** The files a run was read from, or the path it was given by. */
export function sourcesOf({ id, trace }: Run): SetProvenance['sources'] {
  const files = trace.meta.files;
  if (files === undefined) return [{ name: basename(id) }];
  const folder = basename(id);
  return files.map(({ path, sha256 }) => ({ name: path === folder ? path : `${folder}/${path}`, sha256 }));
}
