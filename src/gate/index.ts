/**
 * The gate: a validation held against one that was accepted before. Reading order: `baseline` (what is kept),
 * `paired-figures`, `drift` and `shift` (did predictions change; `shift` under other seeds), `fidelity` and `rank-fidelity` (did they get worse, beyond the noise
 * of `seed-noise` and of replicated measurements), `check-against-baseline` (both), `update-baseline`.
 */
export { figureKey, type Baseline, type BaselineFigure } from './baseline.js';
export { checkAgainstBaseline } from './check-against-baseline.js';
export { replicateNoise, type ReplicateNoise } from './replicate-noise.js';
export { updatedBaseline } from './update-baseline.js';
export type { DriftRow, FidelityRow, GateResult, ShiftRow, Verdict } from './verdict.js';
