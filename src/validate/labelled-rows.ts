import type { SaturationVerdict } from './saturation.js';
import type { GroupKind, ExperimentResult, ValidationRow } from './validation-result.js';
import { OURS } from './validation-result.js';

/** A row with the groups its experiment belongs to. */
export interface LabelledRow extends ValidationRow {
  /** Where its stage lies relative to the knee. */
  readonly verdict: SaturationVerdict;
  readonly labels: Readonly<Record<GroupKind, string>>;
}

/** Puts each row beside the groups of its experiment. */
export function labelRows(
  rows: readonly ValidationRow[],
  experiments: readonly ExperimentResult[],
): LabelledRow[] {
  const byId = new Map(experiments.map((entry) => [entry.experiment, entry]));
  return rows.flatMap((row) => {
    const entry = byId.get(row.experiment);
    const verdict = entry?.stages.find(({ stage }) => stage === row.stage)?.verdict;
    if (entry === undefined || verdict === undefined) return [];
    const { split, model, gpu, workload } = entry;
    return { ...row, verdict, labels: { split, model, gpu, workload, saturation: `${split}, ${verdict}` } };
  });
}

/** What a simulator (`OURS` or a peer) predicted for a row, in ms; absent when it did not. */
export const predictionOf = (row: ValidationRow, simulator: string): number | undefined =>
  simulator === OURS ? row.predictedMs : row.peersMs[simulator];
