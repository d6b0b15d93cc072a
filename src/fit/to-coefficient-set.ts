import type {
  CoefficientEntry,
  CoefficientScope,
  CoefficientSet,
  CoefficientSource,
  FittedFile,
} from '../coefficients/coefficient-set.js';
import type { PredictionUncertainty } from '../coefficients/uncertainty.js';
import type { FitResult, FittedCoefficient, GroupRows } from './fit-result.js';
import { ALL_GROUPS } from './row-errors.js';

/** What a fit does not know about itself. */
export interface SetProvenance {
  /** Name of the new set. */
  readonly name: string;
  readonly toolVersion: string;
  /** What was fitted and what was kept back, in words. */
  readonly split: string;
  /** Where the fitted entries hold: beyond it, the set extrapolates. */
  readonly scope: CoefficientScope;
  /** Files or publications the rows come from, as the entries name them. */
  readonly sources: readonly Pick<CoefficientSource, 'name' | 'sha256'>[];
  /** Single files, and the runs or experiments that are in each. */
  readonly files?: readonly (Pick<CoefficientSource, 'name' | 'sha256'> & {
    readonly groups: readonly string[];
  })[];
}

/** A fit as a coefficient set that prices steps and says where its numbers come from. Equal fits give equal sets. */
export function toCoefficientSet(
  result: FitResult,
  provenance: SetProvenance,
  uncertainty?: PredictionUncertainty,
): CoefficientSet {
  const { name, toolVersion, split, files } = provenance;
  const sources = sourcesOf(result, provenance);
  return {
    formatVersion: 1,
    name,
    description: `${result.basis} fitted to ${split}.`,
    basis: result.basis,
    entries: Object.fromEntries(
      result.coefficients.map((coefficient) => [
        coefficient.name,
        entryOf(coefficient, provenance.scope, sources),
      ]),
    ),
    fit: {
      toolVersion,
      split,
      runs: result.groupsUsed,
      heldOut: result.groupsHeldOut,
      dropped: droppedByCode(result),
      ...(files && { files: files.map((file) => fittedFile(file, result.rowsByGroup)) }),
      ...(uncertainty === undefined && { covariance: result.covariance }),
      options: optionsOf(result),
      largestBatch: result.largestBatch,
      trainErrors: trainErrorsOf(result),
    },
    ...(uncertainty && { uncertainty }),
  };
}

/** Each source carries the counts of the whole fit; single files are listed with their own. */
function sourcesOf(result: FitResult, { sources }: SetProvenance): readonly CoefficientSource[] {
  const rowsDropped = Object.values(droppedByCode(result)).reduce((sum, count) => sum + count, 0);
  return sources.map((source) => ({ ...source, rowsUsed: result.rowsUsed, rowsDropped }));
}

/** A file with the rows of the runs in it. */
function fittedFile(
  { groups, ...file }: NonNullable<SetProvenance['files']>[number],
  rowsByGroup: readonly GroupRows[],
): FittedFile {
  const own = rowsByGroup.filter(({ group }) => groups.includes(group));
  const dropped: Record<string, number> = {};
  for (const [code, count] of own.flatMap((rows) => Object.entries(rows.dropped))) {
    dropped[code] = (dropped[code] ?? 0) + count;
  }
  return { ...file, rowsUsed: own.reduce((sum, { rowsUsed }) => sum + rowsUsed, 0), dropped };
}

function entryOf(
  coefficient: FittedCoefficient,
  scope: CoefficientScope,
  sources: readonly CoefficientSource[],
): CoefficientEntry {
  const { value, unit, stdError, resampledStdError, prior, dataShareRatio, atBound, method, note } =
    coefficient;
  return {
    value,
    unit,
    stdError,
    ...(resampledStdError !== undefined && { resampledStdError }),
    ...(Number.isFinite(prior.sd) && { prior }),
    dataShareRatio,
    atBound,
    method,
    scope,
    sources: method === 'fitted' ? sources : [],
    rationale: note,
  };
}

function droppedByCode({ diagnostics }: FitResult): Readonly<Record<string, number>> {
  const dropped = diagnostics.filter(({ kind }) => kind === 'dropped');
  return Object.fromEntries(dropped.map(({ code, count }) => [code, count]));
}

/** JSON has no infinity: a fit without re-weighting has no `huberRatio`. */
function optionsOf({ route, options, iterations }: FitResult): Readonly<Record<string, number | string>> {
  const { priorNoiseRatio, huberRatio } = options;
  return {
    route,
    priorNoiseRatio,
    ...(Number.isFinite(huberRatio) && { huberRatio }),
    ...(iterations.length > 0 && { iterations: iterations.length }),
  };
}

/** Mean and median error by kind over all groups, e.g. `e2eMeanMsMapePct`. */
function trainErrorsOf({ trainErrors }: FitResult): Readonly<Record<string, number>> {
  const overall = trainErrors.filter(({ group }) => group === ALL_GROUPS);
  return Object.fromEntries(
    overall.flatMap(({ kind, errors }) => [
      [`${kind}MapePct`, errors.mapePct],
      [`${kind}MedianApePct`, errors.medianApePct],
    ]),
  );
}
