import type { ValidationResult } from '../validate/index.js';
import { toBaseline, type Baseline, type BaselineUpdate } from './baseline.js';
import type { GateResult } from './verdict.js';

/** The baseline before, and what the gate said of the new result. */
export interface Superseded {
  readonly baseline: Baseline;
  readonly gate: GateResult;
}

/**
 * The baseline that a result makes.
 * @param reason why it is accepted; kept in the file with all earlier ones
 * @param before absent for a first baseline
 */
export function updatedBaseline(result: ValidationResult, reason: string, before?: Superseded): Baseline {
  const figures = result.rows.length;
  const head = { reason, coefficientSet: result.coefficientSet, figures };
  if (before === undefined) return toBaseline(result, [{ ...head, changed: figures }]);
  const { baseline, gate } = before;
  const update: BaselineUpdate = {
    ...head,
    changed: gate.drift.rows.filter((row) => row.verdict !== 'pass').length,
    fidelity: gate.fidelity.passed ? 'pass' : 'fail',
  };
  return toBaseline(result, [...baseline.updates, update]);
}
