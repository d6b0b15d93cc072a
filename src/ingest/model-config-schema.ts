import * as z from 'zod';
import { quantizationSchema } from './model-weights.js';

const positive = z.int().positive();
const optional = positive.nullish();

/** Architecture fields of a Hugging Face `config.json` (or of its `text_config`), under every name in use. */
export const textSchema = z.object({
  model_type: z.string().optional(),
  hidden_size: positive,
  num_hidden_layers: positive,
  num_attention_heads: positive,
  num_key_value_heads: optional,
  num_kv_heads: optional,
  n_head_kv: optional,
  multi_query_group_num: optional,
  head_dim: optional,
  intermediate_size: positive,
  intermediate_size_mlp: optional,
  vocab_size: positive,
  tie_word_embeddings: z.boolean().nullish(),
  max_position_embeddings: optional,
  sliding_window: optional,
  use_sliding_window: z.boolean().nullish(),
  layer_types: z.array(z.string()).nullish(),
  attention_chunk_size: optional,
  num_experts: optional,
  moe_num_experts: optional,
  n_routed_experts: optional,
  num_local_experts: optional,
  num_experts_per_tok: optional,
  experts_per_token: optional,
  moe_intermediate_size: optional,
  shared_expert_intermediate_size: optional,
  n_shared_experts: z.int().nonnegative().nullish(),
  mlp_only_layers: z.array(z.int()).nullish(),
  decoder_sparse_step: optional,
  interleave_moe_layer_step: z.int().nonnegative().nullish(),
  first_k_dense_replace: z.int().nonnegative().nullish(),
  moe_layer_freq: optional,
  kv_lora_rank: optional,
  quantization_config: quantizationSchema.nullish(),
});
export type TextConfig = z.infer<typeof textSchema>;

/** The document around it: multi-modal models keep the language model in `text_config`. */
export const rootSchema = z.object({
  _name_or_path: z.string().optional(),
  model_type: z.string().optional(),
  tie_word_embeddings: z.boolean().nullish(),
  quantization_config: quantizationSchema.nullish(),
  text_config: textSchema.optional(),
});

/** `generation_config.json`, as far as sampling goes. */
export const generationSchema = z.object({
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  repetition_penalty: z.number().nullish(),
});
