import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { TruelineError } from '../errors.js';
import type { ModelArch, MoeArch, SamplingDefaults } from '../trace/model-arch.js';
import { checkShape } from '../text/check-shape.js';
import { quantizationSchema, servedWeights } from './model-weights.js';
import { parseJsonDocument, type ParsedDocument } from '../text/parse-document.js';
import { pathExists, readText } from './read-file.js';

const positive = z.int().positive();
const optional = positive.nullish();

/** Architecture fields of a Hugging Face `config.json` (or of its `text_config`), under every name in use. */
const textSchema = z.object({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).optional(),
  hidden_act: z.string().nullish(),
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
type TextConfig = z.infer<typeof textSchema>;

const rootSchema = z.object({
  _name_or_path: z.string().optional(),
  model_type: z.string().optional(),
  tie_word_embeddings: z.boolean().nullish(),
  quantization_config: quantizationSchema.nullish(),
  text_config: textSchema.optional(),
});

const generationSchema = z.object({
  top_p: z.number().nullish(),
  top_k: z.number().nullish(),
  repetition_penalty: z.number().nullish(),
});

/** Families whose FFN has two matrices instead of three. */
const UNGATED_FAMILIES = new Set([
  'opt',
  'gpt2',
  'gpt_neox',
  'gpt_bigcode',
  'gptj',
  'falcon',
  'bloom',
  'mpt',
  'phi',
  'starcoder2',
]);

function refuseUnmodelled(config: TextConfig, family: string, file: string): void {
  if (config.kv_lora_rank !== undefined && config.kv_lora_rank !== null) {
    throw new TruelineError('ARCH_UNSUPPORTED', `multi-head latent attention (${family}) is not modelled`, {
      file,
      hint: 'Dense and mixture-of-experts models with MHA, MQA or GQA are supported.',
    });
  }
  if (UNGATED_FAMILIES.has(family)) {
    throw new TruelineError('ARCH_UNSUPPORTED', `${family} has an ungated FFN, which is not modelled`, {
      file,
    });
  }
}

/** Indices of the layers whose FFN is a mixture of experts; each family's own rule (see vllm/model_executor/models). */
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

function moeArch(config: TextConfig, file: string): MoeArch | undefined {
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
function denseFfnSize(config: TextConfig, moe: MoeArch | undefined): number {
  if (moe?.layers === config.num_hidden_layers) return 0;
  return config.intermediate_size_mlp ?? config.intermediate_size;
}

/** Span of limited attention; unlimited when some layers attend fully (unless, as in Llama-4, most are chunked). */
function attentionSpan(config: TextConfig): number | undefined {
  if (config.attention_chunk_size !== undefined && config.attention_chunk_size !== null)
    return config.attention_chunk_size;
  const everyLayer = config.layer_types?.every((type) => type === 'sliding_attention') ?? true;
  if (config.use_sliding_window === false || !everyLayer) return undefined;
  return config.sliding_window ?? undefined;
}

const kvHeads = (config: TextConfig): number =>
  config.num_key_value_heads ??
  config.num_kv_heads ??
  config.n_head_kv ??
  config.multi_query_group_num ??
  config.num_attention_heads;

/** What vLLM applies to requests that set no sampling parameters (vllm/config/model.py `get_diff_sampling_param`). */
function samplingDefaults(document: ParsedDocument | undefined): SamplingDefaults {
  if (document === undefined) return { topPOrTopK: false, repetitionPenalty: 1 };
  const config = checkShape(generationSchema, document);
  const topP = config.top_p ?? 1;
  const topK = config.top_k ?? 0;
  return { topPOrTopK: topP < 1 || topK > 0, repetitionPenalty: config.repetition_penalty ?? 1 };
}

/**
 * The architecture in a Hugging Face `config.json`.
 * @param name how to call the model
 * @param generation the checkpoint's `generation_config.json`; without it no sampling defaults apply
 * @throws FORMAT_INVALID, ARCH_UNSUPPORTED
 */
export function parseModelConfig(
  name: string,
  document: ParsedDocument,
  generation?: ParsedDocument,
): ModelArch {
  const root = checkShape(rootSchema, document);
  const text = root.text_config ?? checkShape(textSchema, document);
  const family = root.model_type ?? text.model_type ?? 'unknown';
  refuseUnmodelled(text, family, document.file);
  const moe = moeArch(text, document.file);
  const span = attentionSpan(text);
  const quantization = root.quantization_config ?? text.quantization_config ?? undefined;
  return {
    name,
    family,
    layers: text.num_hidden_layers,
    hiddenSize: text.hidden_size,
    queryHeads: text.num_attention_heads,
    kvHeads: kvHeads(text),
    headDim: text.head_dim ?? Math.floor(text.hidden_size / text.num_attention_heads),
    vocabSize: text.vocab_size,
    tiedEmbeddings: text.tie_word_embeddings ?? root.tie_word_embeddings ?? false,
    ffnSize: denseFfnSize(text, moe),
    ...(moe === undefined ? {} : { moe }),
    ...servedWeights(quantization, text.num_hidden_layers, document.file),
    maxContextTokens: text.max_position_embeddings ?? 2048,
    ...(span === undefined ? {} : { attentionSpanTokens: span }),
    sampling: samplingDefaults(generation),
  };
}

/**
 * Reads a Hugging Face `config.json` (or the folder that holds it) and, beside it, `generation_config.json`.
 * @param name how to call the model; defaults to the configuration's `_name_or_path`, else the folder's name
 * @throws FILE_NOT_FOUND, FORMAT_INVALID, ARCH_UNSUPPORTED (multi-head latent attention, ungated FFN, unknown quantisation)
 */
export async function readModelConfig(path: string, name?: string): Promise<ModelArch> {
  const file = path.endsWith('.json') ? path : join(path, 'config.json');
  const document = parseJsonDocument(await readText(file), file);
  const sibling = join(dirname(file), 'generation_config.json');
  const generation = (await pathExists(sibling))
    ? parseJsonDocument(await readText(sibling), sibling)
    : undefined;
  const { _name_or_path: stated } = checkShape(z.object({ _name_or_path: z.string().optional() }), document);
  const folder = basename(dirname(resolve(file)));
  return parseModelConfig(
    name ?? (stated === undefined || stated === '' ? folder : stated),
    document,
    generation,
  );
}
