import { TruelineError } from '../errors.js';
import type { MoeArch } from '../trace/model-arch.js';
import type { TextConfig } from './model-config-schema.js';

/** Layers whose FFN is a mixture of experts; each family's own rule (see vllm/model_executor/models). */
function moeLayerCount(config: TextConfig): number {
  const isMoe = (layer: number): boolean => {
    if (config.interleave_moe_layer_step !== undefined && config.interleave_moe_layer_step !== null) {
      return config.interleave_moe_layer_step > 0 && (layer + 1) % config.interleave_moe_layer_step === 0;
    }
    if (config.first_k_dense_replace !== undefined && config.first_k_dense_replace !== null) {
      return layer >= config.first_k_dense_replace && layer % (config.moe_layer_freq ?? 1) === 0;
    }
    const listedDense = config.mlp_only_layers?.includes(layer) ?? false;
    return !listedDense && (layer + 1) % (config.decoder_sparse_step ?? 1) === 0;
  };
  return Array.from({ length: config.num_hidden_layers }, (_, layer) => layer).filter(isMoe).length;
}

/**
 * The mixture-of-experts part of a configuration; undefined for dense models.
 * @throws FORMAT_INVALID when it does not say how many experts a token uses
 */
export function moeArch(config: TextConfig, file: string): MoeArch | undefined {
  const experts =
    config.num_experts ?? config.moe_num_experts ?? config.n_routed_experts ?? config.num_local_experts;
  if (experts === undefined || experts === null) return undefined;
  const expertsPerToken = config.num_experts_per_tok ?? config.experts_per_token;
  if (expertsPerToken === undefined || expertsPerToken === null) {
    throw new TruelineError('FORMAT_INVALID', `${experts} experts but no \`num_experts_per_tok\``, { file });
  }
  const expertFfnSize = config.moe_intermediate_size ?? config.intermediate_size;
  const isLlama4 =
    config.interleave_moe_layer_step !== undefined && config.interleave_moe_layer_step !== null;
  const shared = isLlama4
    ? config.intermediate_size
    : (config.shared_expert_intermediate_size ?? (config.n_shared_experts ?? 0) * expertFfnSize);
  return {
    layers: moeLayerCount(config),
    experts,
    expertsPerToken,
    expertFfnSize,
    sharedExpertFfnSize: shared,
  };
}

/** Llama-4 names the dense width apart; where no layer is dense there is none. */
export function denseFfnSize(config: TextConfig, moe: MoeArch | undefined): number {
  if (moe?.layers === config.num_hidden_layers) return 0;
  return config.intermediate_size_mlp ?? config.intermediate_size;
}
