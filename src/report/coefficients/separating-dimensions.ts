import type { CoefficientScope } from '../../coefficients/index.js';
import type { ModelArch } from '../../trace/model-arch.js';

/** Something about a run that the size of a term follows. */
export type Dimension =
  'layer count' | 'tensor-parallel size' | 'top-p sampling' | 'repetition penalty' | 'batch size' | 'arrivals';

/** Values a dimension took in the runs of a fit, distinct; absent where nothing is recorded of it. */
export type VariedDimensions = Readonly<Partial<Record<Dimension, readonly string[]>>>;

/** What each framework term follows; those that are not named are alike in every step. */
const TERM_DIMENSIONS: Readonly<Record<string, readonly Dimension[]>> = {
  layer: ['layer count'],
  layers: ['layer count'],
  interleavedMoeLayers: ['layer count'],
  tpLayer: ['layer count', 'tensor-parallel size'],
  communication: ['tensor-parallel size'],
  tpCommunication: ['tensor-parallel size'],
  topPStep: ['top-p sampling'],
  penaltyStep: ['repetition penalty'],
  penaltyNewRequestStep: ['repetition penalty', 'arrivals'],
  requests: ['batch size'],
};

/** What the size of a term follows. */
export const dimensionsOf = (term: string): readonly Dimension[] => TERM_DIMENSIONS[term] ?? [];

/** Dimensions that change one term of a pair and not the other: only runs that differ in these tell the two apart. */
export function separatingDimensions([first, second]: readonly [string, string]): readonly Dimension[] {
  const [a, b] = [dimensionsOf(first), dimensionsOf(second)];
  return [...a.filter((dimension) => !b.includes(dimension)), ...b.filter((dim) => !a.includes(dim))];
}

/**
 * What varied between the models and parallelisms a set was fitted on.
 * @param models facts about those of the scope that are known
 */
export function variedDimensions(scope: CoefficientScope, models: readonly ModelArch[]): VariedDimensions {
  const sizes = scope.tensorParallelSizes;
  return {
    ...(models.length > 0 && {
      'layer count': distinct(models.map(({ layers }) => String(layers))),
      'top-p sampling': distinct(models.map(({ sampling }) => (sampling.topPOrTopK ? 'on' : 'off'))),
      'repetition penalty': distinct(
        models.map(({ sampling }) => (sampling.repetitionPenalty === 1 ? 'off' : 'on')),
      ),
    }),
    ...(sizes && { 'tensor-parallel size': distinct(sizes.map((size) => (size > 1 ? 'above 1' : '1'))) }),
  };
}

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)];
