import { denseLayers, type ModelArch } from '../../trace/model-arch.js';
import { graphPadded } from '../graph-padding.js';
import { rankQkvWidth } from '../rank-shape.js';
import { MEASURED, type OpTerm } from './op-term.js';

const BYTES = 2;
/** Reads and writes of the hidden state around norms and residuals, in hidden-state widths. */
const HIDDEN_PASSES = 8;
/** Passes over the projections for rotary embedding, cache write and gating. */
const PROJECTION_PASSES = 3;

/** FFN width a token goes through, averaged over layers: routed and shared experts count, idle ones do not. */
function activeFfnSize(arch: ModelArch): number {
  const { moe } = arch;
  const perMoeLayer =
    moe === undefined ? 0 : moe.expertsPerToken * moe.expertFfnSize + moe.sharedExpertFfnSize;
  return (denseLayers(arch) * arch.ffnSize + (moe?.layers ?? 0) * perMoeLayer) / arch.layers;
}

/** Norms, residuals, activations and rotary embedding: memory-bound passes over the padded tokens. */
export const elementwise: OpTerm = {
  name: 'elementwise',
  unit: 'ratio',
  formula: 'L·T′·2·(8d + 3·f_active/tp + 3·(H + 2·Hkv)·h/tp)/BW',
  source: 'memory passes counted in vLLM v0.15.1 model code',
  prior: MEASURED,
  bind({ arch, gpu, server }) {
    const tp = server.tensorParallelSize;
    const width =
      HIDDEN_PASSES * arch.hiddenSize +
      (PROJECTION_PASSES * activeFfnSize(arch)) / tp +
      PROJECTION_PASSES * rankQkvWidth(arch, tp);
    const usPerToken = (arch.layers * BYTES * width) / gpu.hbmBytesPerUs;
    return { byTokens: (tokens) => usPerToken * graphPadded(tokens, server) };
  },
};
