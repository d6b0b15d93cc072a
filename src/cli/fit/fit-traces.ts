import { basename } from 'node:path';
import type { BasisContext } from '../../basis/index.js';
import type { Catalog, CoefficientSource } from '../../coefficients/index.js';
import { TruelineError } from '../../errors.js';
import { fitSteps, type FitResult } from '../../fit/index.js';
import { ingestPath } from '../../ingest/index.js';
import type { Trace } from '../../trace/trace.js';
import type { ServedOptions } from '../arguments/served.js';
import { resolveServed } from '../served.js';
import { fitRequestLogs } from './fit-request-logs.js';
import type { FittedRuns, FitSettings } from './fitted-runs.js';

/** A run as it was given on the command line: its id is its path. */
interface Run {
  readonly id: string;
  readonly trace: Trace;
  readonly context: BasisContext;
}

/**
 * Fits traces: engine steps where every run has them, single requests where none has.
 * @throws USAGE when some runs have steps and some have not; TRACE_EMPTY; as `ingestPath`, `resolveServed` and the fit
 */
export async function fitTraces(
  catalog: Catalog,
  paths: readonly string[],
  served: ServedOptions,
  settings: FitSettings,
): Promise<FittedRuns> {
  const runs: Run[] = [];
  for (const path of paths) {
    const trace = await ingestPath(path);
    runs.push({ id: path, trace, context: await resolveServed(catalog, served, trace.meta, path) });
  }
  const { basis, ...options } = settings;
  const result = haveSteps(runs) ? fitSteps(basis, runs, options) : await fitRequestLogs(runs, settings);
  const used = runs.filter((run) => result.groupsUsed.includes(run.id));
  return {
    result,
    contexts: used.map((run) => run.context),
    split: `${describeRuns(used)}; held out: ${describeRuns(runs.filter((run) => !used.includes(run)))}`,
    sources: used.flatMap((run) => sourcesOf(run, result)),
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

/** Observations a run could have given at most: one per step, or a first token and a decode per request. */
const observationsOf = ({ requests, steps }: Trace, { route }: FitResult): number =>
  route === 'steps' ? (steps?.count ?? 0) : 2 * requests.count;

/** The files of a run; each carries the counts of the whole run. */
function sourcesOf({ id, trace }: Run, result: FitResult): CoefficientSource[] {
  const own = result.trainErrors.filter((entry) => entry.group === id);
  const rowsUsed = own.reduce((sum, entry) => sum + entry.errors.n, 0);
  const rowsDropped = observationsOf(trace, result) - rowsUsed;
  const files = trace.meta.files ?? [{ path: id }];
  return files.map(({ path, ...hash }) => ({ name: basename(path), ...hash, rowsUsed, rowsDropped }));
}
