import { nearestName, TruelineError } from '../errors.js';

/** Whole runs to fit and whole runs to score the fit on. */
export interface RunSplit<Run> {
  readonly used: readonly Run[];
  readonly heldOut: readonly Run[];
}

/**
 * Splits runs by id.
 * @throws FIT_INVALID on repeated ids or when every run is held out, KEY_UNKNOWN when a held-out id names no run,
 * SAMPLE_EMPTY without runs
 */
export function splitRuns<Run extends { readonly id: string }>(
  runs: readonly Run[],
  heldOutIds: readonly string[] = [],
): RunSplit<Run> {
  if (runs.length === 0) throw new TruelineError('SAMPLE_EMPTY', 'there is no run to fit');
  const ids = runs.map((run) => run.id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new TruelineError('FIT_INVALID', `two runs are called "${repeated}"`);
  const unknown = heldOutIds.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    const near = nearestName(unknown, ids);
    throw new TruelineError('KEY_UNKNOWN', `cannot hold out "${unknown}": there is no such run`, {
      hint: near === undefined ? `Runs are ${ids.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }
  const used = runs.filter((run) => !heldOutIds.includes(run.id));
  if (used.length === 0) {
    throw new TruelineError('FIT_INVALID', 'every run is held out', { hint: 'Keep at least one to fit.' });
  }
  return { used, heldOut: runs.filter((run) => heldOutIds.includes(run.id)) };
}
