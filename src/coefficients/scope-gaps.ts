import { LARGEST_BATCH_FIELDS, type StepSizes } from '../trace/largest-batch.js';
import type { BasisContext } from '../basis/basis-set.js';
import type { Method } from '../basis/kernel-constants.js';
import type { CoefficientScope, CoefficientSet } from './coefficient-set.js';

/** Sizes of a batch, for people. */
const BATCH_DIMENSIONS = {
  prefillTokens: 'prefill tokens of a step',
  decodeRequests: 'decodes of a step',
  decodeContextTokens: 'decode context tokens of a step',
  prefillContextTokens: 'prefill context tokens of a step',
} as const;


/** One way in which something served is not what coefficients were fitted on. */
export interface ScopeGap {
  readonly dimension: string;
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

/** Numbers that hold where they were fitted, or where somebody says they do; what is assumed has no such place. */
export const holdsInScope = (method: Method): boolean => method === 'fitted' || method === 'vendor';

/** The same for a whole set: in which dimensions any of its entries is taken beyond its scope. */
function setScopeGaps(set: CoefficientSet, served: Served): readonly ScopeGap[] {
  const gaps = Object.values(set.entries)
    .filter(({ method }) => holdsInScope(method))
    .flatMap(({ scope }) => scopeGaps(scope, served));
  return gaps.filter((gap, i) => gaps.findIndex(({ dimension }) => dimension === gap.dimension) === i);
}

/**
 * In which batch sizes the steps of a run go beyond any step of the runs a set was fitted to, with the share of steps that
 * do; nothing when the set does not record its largest batch.
 */
function batchGaps({ fit }: CoefficientSet, steps: StepSizes): readonly ScopeGap[] {
  const largest = fit?.largestBatch;
  if (largest === undefined) return [];
  return LARGEST_BATCH_FIELDS.flatMap((field) => {
    let [beyond, most] = [0, 0];
    for (const value of steps[field].subarray(0, steps.count)) {
      if (value > largest[field]) beyond += 1;
      most = Math.max(most, value);
    }
    if (beyond === 0) return [];
    const sharePct = ((100 * beyond) / steps.count).toPrecision(2);
    return [
      {
        dimension: BATCH_DIMENSIONS[field],
        value: `up to ${most} (${sharePct} % of steps beyond)`,
        fittedOn: [`up to ${largest[field]}`],
      },
    ];
  });
}

/**
 * Everything in which a prediction takes a set beyond what it was fitted on; empty too when the set records no scope.
 * @param steps of the predicted run, for batch sizes
 */
export const beyondFit = (set: CoefficientSet, served: Served, steps?: StepSizes): readonly ScopeGap[] => [
  ...setScopeGaps(set, served),
  ...(steps === undefined ? [] : batchGaps(set, steps)),
];
