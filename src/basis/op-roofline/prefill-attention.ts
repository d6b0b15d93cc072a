import { MEASURED, type OpTerm } from './op-term.js';

const FLOP_PER_PAIR_AND_DIM = 4;

/** Causal attention arithmetic of prefill chunks: `L·4·(H/tp)·h·Σ t(c + t/2)/F`; two products, multiply and add. */
export const prefillAttention: OpTerm = {
  name: 'prefillAttention',
  unit: 'ratio',
  formula: 'L·4·(H/tp)·h·Σ t·(c + t/2)/F',
  source: 'Dao et al. 2022 (FlashAttention), operation count',
  prior: MEASURED,
  bind({ arch, gpu, server }) {
    const headWidth = (arch.queryHeads / server.tensorParallelSize) * arch.headDim;
    const usPerPair = (arch.layers * FLOP_PER_PAIR_AND_DIM * headWidth) / gpu.bf16FlopPerUs;
    return { byBatch: (batch) => usPerPair * batch.prefillAttentionPairs };
  },
};
