import type { BasisSet } from '../basis-set.js';
import { checkBatch } from '../check-batch.js';
import { PEER_REQUEST_TERMS } from '../roofline.js';
import {
  COMMON_TERMS,
  COMMON_TERMS_ONE_LINK,
  DECODE,
  DECODE_COMPUTE,
  DECODE_KV,
  EXPERT_EXCHANGE,
  PREFILL,
  PREFILL_COMPUTE,
  PREFILL_KV,
  type PricedTerm,
} from './peer-terms.js';
import { stepPhysics } from './step-physics.js';

/**
 * A form of the peer's step time. Differences from the source, on purpose: layers are dense or MoE as vLLM builds them (the
 * source alternates Llama-4 Scout), and prices are not truncated to whole microseconds.
 * @param affine whether every term is affine in the decodes' context: a maximum is not
 */
function form(name: string, priced: readonly PricedTerm[], affine: boolean): BasisSet {
  return {
    name,
    terms: priced.map(({ term }) => term),
    requestTerms: PEER_REQUEST_TERMS,
    compile(context) {
      const physics = stepPhysics(context);
      return {
        ...(affine && { affineInDecodeContext: true }),
        evaluate(batch, out) {
          checkBatch(batch);
          for (let i = 0; i < priced.length; i++) out[i] = priced[i]!.value(physics, batch);
        },
      };
    },
  };
}

/** β1 … β11, in the order of the peer's `beta_coeffs`: compute and KV traffic are added. */
export const trainedPhysicsBasis: BasisSet = form(
  'trained-physics',
  [PREFILL_COMPUTE, DECODE_COMPUTE, ...COMMON_TERMS, PREFILL_KV, DECODE_KV, EXPERT_EXCHANGE],
  true,
);

/** β1 … β9: compute and KV traffic of prefill are added, decode takes the larger of the two. */
export const trainedPhysicsPrefillSplitBasis: BasisSet = form(
  'trained-physics-prefill-split',
  [PREFILL_COMPUTE, DECODE, ...COMMON_TERMS_ONE_LINK, PREFILL_KV],
  false,
);

/** β1 … β8: prefill and decode take the larger of compute and KV traffic. */
export const trainedPhysicsMaxBasis: BasisSet = form(
  'trained-physics-max',
  [PREFILL, DECODE, ...COMMON_TERMS_ONE_LINK],
  false,
);
