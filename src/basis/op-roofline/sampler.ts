import { NS_PER_US } from '../../units.js';
import { graphPadded } from '../graph-padding.js';
import { MEASURED, type OpTerm } from './op-term.js';

/** Softmax and draw, per logit, on an H100. */
const DRAW_NS_PER_LOGIT = 0.015;
/** Full-vocabulary sort when top-p or top-k is set, per logit, on an H100. */
const SORT_NS_PER_LOGIT = 0.125;

/**
 * Sampling one token for each (padded) row of logits. vLLM 0.15 sorts the whole vocabulary when the checkpoint's
 * generation defaults set top-p or top-k.
 */
export const sampler: OpTerm = {
  name: 'sampler',
  unit: 'ratio',
  formula: 'B′·V·(0.015 + 0.125·[top-p or top-k])·σ/1000',
  source:
    'public vLLM sampler benchmarks (1.07 ms at 64 × 131072); vLLM v0.15.1 v1/sample/ops/topk_topp_sampler.py',
  prior: MEASURED,
  bind({ arch, server, kernels }) {
    const nsPerLogit = DRAW_NS_PER_LOGIT + (arch.sampling.topPOrTopK ? SORT_NS_PER_LOGIT : 0);
    const usPerRow = (arch.vocabSize * nsPerLogit * kernels.sampler.scale) / NS_PER_US;
    return { byRequests: (requests) => usPerRow * graphPadded(requests, server) };
  },
};
