import { nearestName, TruelineError } from '../../errors.js';
import type { CanaryRow } from './canary-rows.js';
import type { CanaryRun } from './canary-run.js';

/**
 * New runs as changes since the same runs were measured before: what the set is off by cancels, and what repeats of a measurement
 * differ by is left, √2 of it. Runs are the same when their ids are, of recorded runs the last part of the path.
 * @throws KEY_UNKNOWN for a run that was not measured before
 */
export function againstBefore(
  runs: readonly CanaryRun[],
  before: readonly CanaryRun[],
): readonly CanaryRun[] {
  const names = before.map(({ experiment }) => lastPart(experiment));
  return runs.map((run) => {
    const name = lastPart(run.experiment);
    const earlier = before[names.indexOf(name)];
    if (earlier !== undefined) return change(run, earlier);
    const near = nearestName(name, names);
    throw new TruelineError('KEY_UNKNOWN', `run \`${name}\` was not measured before`, {
      hint:
        near === undefined
          ? 'Leave it out with --only.'
          : `Did you mean \`${near}\`? Or leave it out with --only.`,
    });
  });
}

/** The later run minus the earlier one, figure by figure; what either lacks is left out. */
function change(run: CanaryRun, earlier: CanaryRun): CanaryRun {
  return {
    ...run,
    figures: run.figures.flatMap((figure) => {
      const then = earlier.figures.find(({ metric }) => metric === figure.metric);
      if (then === undefined) return [];
      return [{ ...figure, errorLog: figure.errorLog - then.errorLog, ownLogSd: 0, gradient: {} }];
    }),
    rows: changedRows(run.rows, earlier.rows),
  };
}

/** Row by row; none where the two runs do not have the same stages, so that nothing is told of stages that are not alike. */
function changedRows(rows: readonly CanaryRow[], earlier: readonly CanaryRow[]): CanaryRow[] {
  const areAlike =
    rows.length === earlier.length && rows.every(({ metric }, i) => metric === earlier[i]!.metric);
  return areAlike ? rows.map((row, i) => ({ ...row, logRatio: row.logRatio - earlier[i]!.logRatio })) : [];
}

const lastPart = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
