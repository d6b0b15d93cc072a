import type { BasisContext } from '../basis/basis-set.js';
import type { CoefficientScope, CoefficientSet } from './coefficient-set.js';

/** One way in which something served is not what coefficients were fitted on. */
export interface ScopeGap {
  readonly dimension: 'engine version' | 'GPU' | 'model' | 'tensor-parallel size';
  readonly value: string;
  /** What they were fitted on instead. */
  readonly fittedOn: readonly string[];
}

/** What is served, as far as scopes speak of it. */
export type Served = Pick<BasisContext, 'arch' | 'gpu' | 'server'>;

/** In which dimensions a prediction lies outside a scope; a list that the scope leaves out holds for any value. */
export function scopeGaps(scope: CoefficientScope, { arch, gpu, server }: Served): readonly ScopeGap[] {
  const dimensions: readonly ScopeGap[] = [
    { dimension: 'model', value: arch.name, fittedOn: scope.models ?? [] },
    { dimension: 'GPU', value: gpu.name, fittedOn: scope.gpus ?? [] },
    {
      dimension: 'tensor-parallel size',
      value: String(server.tensorParallelSize),
      fittedOn: (scope.tensorParallelSizes ?? []).map(String),
    },
    {
      dimension: 'engine version',
      value: server.engineVersion,
      fittedOn: scope.engineVersion === undefined ? [] : [scope.engineVersion],
    },
  ];
  return dimensions.filter(({ value, fittedOn }) => fittedOn.length > 0 && !fittedOn.includes(value));
}

/** The same for a whole set: in which dimensions any of its fitted entries is taken beyond its scope. */
export function setScopeGaps(set: CoefficientSet, served: Served): readonly ScopeGap[] {
  const gaps = Object.values(set.entries)
    .filter(({ method }) => method === 'fitted')
    .flatMap(({ scope }) => scopeGaps(scope, served));
  return gaps.filter((gap, i) => gaps.findIndex(({ dimension }) => dimension === gap.dimension) === i);
}
