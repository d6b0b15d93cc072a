import { rankKvHeads } from '../rank-shape.js';
import { MEASURED, type OpTerm } from './op-term.js';

const FLOP_PER_PAIR_AND_DIM = 4;
const BYTES = 2;

/**
 * Causal attention of prefill chunks, in all layers: `L·[b1·4·(H/tp)·h·Σ t(c + t/2)/F + b2·P·(2H + 2Hkv)·h·2/tp/BW]`;
 * arithmetic of two products, and the traffic of queries, keys, values and outputs. Its launch is in `attention`.
 */
export const prefillAttention: OpTerm = {
  name: 'prefillAttention',
  unit: 'ratio',
  formula: 'L·[b1·4·(H/tp)·h·Σ t(c + t/2)/F + b2·P·(2H + 2Hkv)·h·2/tp/BW]',
  source: 'operation count of FlashAttention (Dao et al. 2022); kernel sweeps context_attention_perf',
  prior: MEASURED,
  bind({ arch, gpu, server, kernels }) {
    const { computeFactor, memoryFactor } = kernels.prefillAttention ?? { computeFactor: 1, memoryFactor: 0 };
    const queryHeads = arch.queryHeads / server.tensorParallelSize;
    const kvHeads = rankKvHeads(arch, server.tensorParallelSize);
    const flopPerPair = FLOP_PER_PAIR_AND_DIM * queryHeads * arch.headDim;
    const bytesPerToken = BYTES * 2 * (queryHeads + kvHeads) * arch.headDim;
    const usPerPair = (arch.layers * computeFactor * flopPerPair) / gpu.bf16FlopPerUs;
    const usPerToken = (arch.layers * memoryFactor * bytesPerToken) / gpu.hbmBytesPerUs;
    return {
      byBatch: ({ prefillAttentionPairs, prefillTokens }) =>
        usPerPair * prefillAttentionPairs + usPerToken * prefillTokens,
    };
  },
};
