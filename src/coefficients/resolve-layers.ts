import { basisByName } from '../basis/basis-by-name.js';
import type { BasisContext, BasisTerm } from '../basis/basis-set.js';
import type { KernelConstants, KernelProvenance, Method } from '../basis/kernel-constants.js';
import { TruelineError } from '../errors.js';
import type { CoefficientSet, ConfigurationCorrection } from './coefficient-set.js';
import { correctionFor } from './resolve-correction.js';
import { holdsInScope, scopeGaps, type ScopeGap } from './scope-gaps.js';

/** Where a number of a prediction comes from: operator times of the GPU, costs of the serving framework, or one configuration. */
type CoefficientLayer = 'kernel' | 'framework' | 'correction';

/** One number that serves a prediction. */
export interface ResolvedNumber {
  readonly layer: CoefficientLayer;
  /** Term of the basis, or family of operators. */
  readonly name: string;
  /** Absent for operator times, which are several numbers. */
  readonly value?: number;
  readonly unit?: string;
  readonly stdError?: number;
  readonly method: Method;
  readonly source: string;
  /** Outside which scopes it is used here; empty when it is used where it was fitted. */
  readonly gaps: readonly ScopeGap[];
  /** What else makes it less than a measurement of this very case. */
  readonly caveat?: string;
}

/**
 * Which entry of which layer serves predictions of what is served in `context`.
 * @throws whatever the basis throws for a model or GPU it cannot price; COEFFICIENTS_MISSING for a free term without a value
 */
export function resolveLayers(set: CoefficientSet, context: BasisContext): readonly ResolvedNumber[] {
  const basis = basisByName(set.basis);
  basis.compile(context);
  const terms: readonly BasisTerm[] = [...basis.terms, ...basis.requestTerms];
  const kernels = basis.name === 'op-roofline' && context.kernels;
  return [
    ...(kernels ? kernelLayer(kernels, context) : []),
    ...terms.flatMap((term) => frameworkNumber(set, term, context)),
    ...correctionNumbers(correctionFor(set, context)),
  ];
}

/** The factors of a correction: of all step times, and of the front end. */
function correctionNumbers(correction: ConfigurationCorrection | undefined): readonly ResolvedNumber[] {
  if (correction === undefined) return [];
  const scale = (name: string, value: number, logSd: number): ResolvedNumber => ({
    layer: 'correction',
    name,
    value,
    unit: 'ratio',
    stdError: value * logSd,
    method: 'fitted',
    source: correction.sources.map((source) => source.name).join('; ') || correction.experiments.join(', '),
    gaps: [],
  });
  return [
    scale('stepScale', correction.stepScaleRatio, correction.stepScaleLogSd),
    scale('frontScale', correction.frontScaleRatio, correction.frontScaleLogSd),
  ];
}

function kernelLayer(kernels: KernelConstants, context: BasisContext): readonly ResolvedNumber[] {
  const { arch, server } = context;
  return [
    operatorTimes('gemm', kernels.gemm.provenance),
    operatorTimes('decodeAttention', kernels.decodeAttention.provenance),
    ...(kernels.prefillAttention ? [operatorTimes('prefillAttention', kernels.prefillAttention.provenance)] : []),
    ...(server.tensorParallelSize > 1 ? [operatorTimes('allReduce', kernels.allReduce.provenance)] : []),
    ...(arch.moe ? [operatorTimes('moe', kernels.moe.provenance, moeCaveat(kernels, context))] : []),
    operatorTimes('sampler', kernels.sampler.provenance),
  ];
}

const operatorTimes = (name: string, provenance: KernelProvenance, caveat?: string): ResolvedNumber => ({
  layer: 'kernel',
  name,
  method: provenance.method,
  source: provenance.source,
  gaps: [],
  ...(caveat !== undefined && { caveat }),
});

/** Nothing when the very layer was swept. */
function moeCaveat(kernels: KernelConstants, { arch, server }: BasisContext): string | undefined {
  const swept = kernels.moe.shapes.some(
    (shape) =>
      (shape.precision === 'fp8') === (arch.weightBytes.experts === 1) &&
      shape.hiddenSize === arch.hiddenSize &&
      shape.expertFfnSize === arch.moe?.expertFfnSize &&
      shape.experts === arch.moe.experts &&
      shape.expertsPerToken === arch.moe.expertsPerToken &&
      shape.tensorParallelSize === server.tensorParallelSize,
  );
  return swept ? undefined : 'this shape of experts was not swept: scaled from another';
}

/** The entry of a term, or its prior; nothing for multipliers fixed at the swept operator times. */
function frameworkNumber(
  set: CoefficientSet,
  { name, unit, prior }: BasisTerm,
  context: BasisContext,
): readonly ResolvedNumber[] {
  const entry = set.entries[name];
  if (prior.sd === 0 && (entry === undefined || entry.value === prior.mean)) return [];
  if (entry === undefined)
    throw new TruelineError('COEFFICIENTS_MISSING', `set ${set.name} has no value for \`${name}\``, {
      hint: `Give it in ${unit}.`,
    });
  const { value, stdError, method, sources, scope, rationale } = entry;
  return [
    {
      layer: 'framework',
      name,
      value,
      unit,
      ...(stdError !== undefined && { stdError }),
      method,
      source: sources.map((source) => source.name).join('; ') || rationale,
      gaps: holdsInScope(method) ? scopeGaps(scope, context) : [],
      ...(method === 'assumed' && { caveat: 'assumed, not measured' }),
    },
  ];
}
