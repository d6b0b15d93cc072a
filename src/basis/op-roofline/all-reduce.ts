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

function knotsOf(kernels: KernelConstants, ranks: number): AllReduceKnots {
  const knots = kernels.allReduce.knots[String(ranks)];
  if (knots !== undefined) return knots;
  const swept = Object.keys(kernels.allReduce.knots).join(', ');
  throw new TruelineError(
    'COEFFICIENTS_MISSING',
    `no all-reduce sweep of ${kernels.gpu} over ${ranks} ranks`,
    { hint: `Use parallel sizes of 1 or ${swept}, or a basis that needs no sweeps.` },
  );
}

/** Time of `count` all-reduces over so many ranks, of so many elements for each token, in µs by tokens; 0 over one rank. */
function allReducesUs(
  kernels: KernelConstants,
  ranks: number,
  count: number,
  elementsPerToken: number,
): (tokens: number) => number {
  if (ranks === 1) return () => 0;
  const knots = knotsOf(kernels, ranks);
  return (tokens) => count * allReduceUs(tokens * elementsPerToken, knots);
}

/**
 * Tensor-parallel all-reduces of the padded tokens' activations; 0 on one GPU. Data-parallel ranks of a mixture of experts also
 * gather the tokens of all ranks before the experts and reduce and scatter their outputs after, in every mixture layer. Together these
 * move what one all-reduce of all ranks' tokens moves, and are priced as that: nobody has swept them.
 */
export const allReduce: OpTerm = {
  name: 'allReduce',
  unit: 'ratio',
  formula: '2·L·AR_tp(T′·d) + L_moe·AR_dp(dp·T′·d), AR = 0 over one rank',
  source: 'kernel sweeps custom_allreduce_perf, in a CUDA graph; message size in elements',
  prior: MEASURED,
  bind({ arch, server, kernels }) {
    const { tensorParallelSize: tp } = server;
    const dp = arch.moe === undefined ? 1 : server.dataParallelSize;
    if (tp === 1 && dp === 1) return {};
    const activationsUs = allReducesUs(kernels, tp, ALL_REDUCES_PER_LAYER * arch.layers, arch.hiddenSize);
    const exchangeUs = allReducesUs(kernels, dp, arch.moe?.layers ?? 0, dp * arch.hiddenSize);
    return {
      byTokens(tokens) {
        const padded = graphPadded(tokens, server);
        return activationsUs(padded) + exchangeUs(padded);
      },
    };
  },
};
