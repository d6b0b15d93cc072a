import { rankKvBytesPerToken, rankKvHeads } from '../rank-shape.js';
import { MEASURED, type OpTerm } from './op-term.js';

const TOKENS_PER_THOUSAND = 1000;

/**
 * Reading the KV cache of every scheduled request, in all layers:
 * `L·[a0 + a1·S·κ/BW + a2·s̄/1000 + (a3 + a4·kv/tp)·D]`, S the summed context of decodes and prefills, s̄ the mean decode context.
 * A batch knows summed contexts only, so layers that attend to a window are priced as if they attended to everything.
 */
export const attention: OpTerm = {
  name: 'attention',
  unit: 'ratio',
  formula: 'L·[a0 + a1·S·κ/BW + a2·s̄/1000 + (a3 + a4·kv/tp)·D]',
  source: 'kernel sweeps generation_attention_perf',
  prior: MEASURED,
  bind({ arch, gpu, server, kernels }) {
    const { floorUs, memoryFactor, usPerThousandContextTokens } = kernels.decodeAttention;
    const { usPerRequest = 0, usPerRequestKvHead = 0 } = kernels.decodeAttention;
    const kvBytes = rankKvBytesPerToken(arch, server.tensorParallelSize);
    const usPerToken = (arch.layers * memoryFactor * kvBytes) / gpu.hbmBytesPerUs;
    const usPerMeanToken = (arch.layers * usPerThousandContextTokens) / TOKENS_PER_THOUSAND;
    const usPerDecode =
      arch.layers * (usPerRequest + usPerRequestKvHead * rankKvHeads(arch, server.tensorParallelSize));
    return {
      constant: arch.layers * floorUs,
      byBatch({ decodeRequests, decodeContextTokens, prefillContextTokens }) {
        const meanContext = decodeRequests > 0 ? decodeContextTokens / decodeRequests : 0;
        return (
          usPerToken * (decodeContextTokens + prefillContextTokens) +
          usPerMeanToken * meanContext +
          usPerDecode * decodeRequests
        );
      },
    };
  },
};
