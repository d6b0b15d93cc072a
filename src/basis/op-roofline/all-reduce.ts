import { TruelineError } from '../../errors.js';
import { graphPadded } from '../graph-padding.js';
import type { AllReduceKnots, KernelConstants } from '../kernel-constants.js';
import { interpolate } from './interpolate.js';
import { MEASURED, type OpTerm } from './op-term.js';

/** One after attention, one after the FFN. */
const ALL_REDUCES_PER_LAYER = 2;

/** Time of one all-reduce of `elements`, in µs: linear between knots, flat below the first, last slope above. */
export const allReduceUs = (elements: number, knots: AllReduceKnots): number =>
  interpolate(elements, knots.elements, knots.us);

function knotsOf(kernels: KernelConstants, tensorParallelSize: number): AllReduceKnots {
  const knots = kernels.allReduce.knots[String(tensorParallelSize)];
  if (knots !== undefined) return knots;
  const swept = Object.keys(kernels.allReduce.knots).join(', ');
  throw new TruelineError(
    'COEFFICIENTS_MISSING',
    `no all-reduce sweep of ${kernels.gpu} at tensor-parallel size ${tensorParallelSize}`,
    { hint: `Use a tensor-parallel size of 1 or ${swept}, or a basis that needs no sweeps.` },
  );
}

/** Tensor-parallel all-reduces of the padded tokens' activations; 0 on one GPU. */
export const allReduce: OpTerm = {
  name: 'allReduce',
  unit: 'ratio',
  formula: '2·L·AR_tp(T′·d), 0 for tp = 1',
  source: 'kernel sweeps custom_allreduce_perf, in a CUDA graph; message size in elements',
  prior: MEASURED,
  bind({ arch, server, kernels }) {
    if (server.tensorParallelSize === 1) return {};
    const knots = knotsOf(kernels, server.tensorParallelSize);
    const count = ALL_REDUCES_PER_LAYER * arch.layers;
    return {
      byTokens: (tokens) => count * allReduceUs(graphPadded(tokens, server) * arch.hiddenSize, knots),
    };
  },
};
