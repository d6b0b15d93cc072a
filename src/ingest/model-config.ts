import { basename, dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { TruelineError } from '../errors.js';
import type { ModelArch, SamplingDefaults } from '../trace/model-arch.js';
import { assumedSampling } from './assumed-sampling.js';
import { checkShape } from '../text/check-shape.js';
import { generationSchema, rootSchema, textSchema, type TextConfig } from './model-config-schema.js';
import { denseFfnSize, moeArch } from './model-moe.js';
import { servedWeights } from './model-weights.js';
import { parseJsonDocument, type ParsedDocument } from '../text/parse-document.js';
import { pathExists, readText } from './read-file.js';

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

/** Families whose configurations leave out that input and output embeddings are one (transformers, their `configuration_*.py`). */
const TIED_FAMILIES = new Set(['gemma', 'gemma2', 'gemma3', 'gemma3_text', 'cohere', 'cohere2']);

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

/** @throws FORMAT_INVALID */
function kvHeads(config: TextConfig, file: string): number {
  const heads =
    config.num_key_value_heads ??
    config.num_kv_heads ??
    config.n_head_kv ??
    config.multi_query_group_num ??
    config.num_attention_heads;
  if (config.num_attention_heads % heads === 0) return heads;
  const message = `${config.num_attention_heads} query heads cannot share ${heads} KV heads`;
  throw new TruelineError('FORMAT_INVALID', message, { file });
}

/** Span of limited attention; unlimited when some layers attend fully (unless, as in Llama-4, most are chunked). */
function attentionSpan(config: TextConfig): number | undefined {
  if (config.attention_chunk_size !== undefined && config.attention_chunk_size !== null)
    return config.attention_chunk_size;
  const everyLayer = config.layer_types?.every((type) => type === 'sliding_attention') ?? true;
  if (config.use_sliding_window === false || !everyLayer) return undefined;
  return config.sliding_window ?? undefined;
}

/** What vLLM applies to requests that set no sampling parameters (vllm/config/model.py `get_diff_sampling_param`). */
function samplingDefaults(name: string, document: ParsedDocument | undefined): SamplingDefaults {
  if (document === undefined) return assumedSampling(name);
  const config = checkShape(generationSchema, document);
  const topP = config.top_p ?? 1;
  const topK = config.top_k ?? 0;
  return { topPOrTopK: topP < 1 || topK > 0, repetitionPenalty: config.repetition_penalty ?? 1 };
}

/**
 * The architecture in a Hugging Face `config.json`.
 * @param name how to call the model
 * @param generation the checkpoint's `generation_config.json`; without it they are assumed by name
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
    kvHeads: kvHeads(text, document.file),
    headDim: text.head_dim ?? Math.floor(text.hidden_size / text.num_attention_heads),
    vocabSize: text.vocab_size,
    tiedEmbeddings: text.tie_word_embeddings ?? root.tie_word_embeddings ?? TIED_FAMILIES.has(family),
    ffnSize: denseFfnSize(text, moe),
    ...(moe === undefined ? {} : { moe }),
    ...servedWeights(quantization, text.num_hidden_layers, document.file),
    maxContextTokens: text.max_position_embeddings ?? 2048,
    ...(span === undefined ? {} : { attentionSpanTokens: span }),
    sampling: samplingDefaults(name, generation),
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
