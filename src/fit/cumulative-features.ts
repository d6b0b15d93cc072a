import type { CompiledBasis } from '../basis/basis-set.js';
import type { StepColumns } from '../trace/trace.js';
import type { TermLayout } from './fit-terms.js';
import { StepFeatures } from './step-features.js';

/** Running totals of step features: row k holds the sums over steps 0 … k−1. Shape [(count + 1) × width]. */
export interface CumulativeFeatures {
  /** Free step terms, then one column for the µs of all fixed step terms together. */
  readonly width: number;
  readonly totals: Float64Array;
}

/** Sums the features of all steps once, so that any span of steps costs one subtraction. Errors as `StepFeatures`. */
export function cumulateFeatures(
  basis: CompiledBasis,
  layout: TermLayout,
  steps: StepColumns,
): CumulativeFeatures {
  const features = new StepFeatures(basis, layout);
  const { width, current } = features;
  const totals = new Float64Array((steps.count + 1) * width);
  for (let step = 0; step < steps.count; step++) {
    features.read(steps, step);
    const at = step * width;
    for (let j = 0; j < width; j++) totals[at + width + j] = totals[at + j]! + current[j]!;
  }
  return { width, totals };
}

/** Adds `factor` × the features of steps `from` … `to`, both inclusive, to `out`; nothing when `to` < `from`. */
export function addSpan(
  { width, totals }: CumulativeFeatures,
  from: number,
  to: number,
  factor: number,
  out: Float64Array,
): void {
  if (to < from) return;
  const start = from * width;
  const end = (to + 1) * width;
  for (let j = 0; j < width; j++) out[j]! += factor * (totals[end + j]! - totals[start + j]!);
}
