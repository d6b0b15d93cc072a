import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelConfig } from '../../src/ingest/index.js';
import { parseModelConfig } from '../../src/ingest/model-config.js';
import { parseJsonDocument } from '../../src/text/parse-document.js';
import { denseLayers, modelWeightBytes, type ModelArch } from '../../src/trace/model-arch.js';
import { dataFolder } from '../data.js';
import { refusal } from '../refusal.js';
import { fixture } from './fixtures.js';

const TINY = {
  model_type: 'llama',
  hidden_size: 256,
  num_hidden_layers: 4,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  intermediate_size: 512,
  vocab_size: 1000,
};

const parse = (config: object, generation?: object): ModelArch =>
  parseModelConfig(
    'tiny',
    parseJsonDocument(JSON.stringify(config), 'config.json'),
    generation && parseJsonDocument(JSON.stringify(generation), 'generation_config.json'),
  );

const attentionBytes = (ignore: readonly string[]): number =>
  parse({ ...TINY, quantization_config: { quant_method: 'fp8', modules_to_not_convert: ignore } }).weightBytes
    .attention;

describe('parseModelConfig', () => {
  it('reads a dense model and derives what is not stated', () => {
    expect(parse(TINY)).toMatchObject({
      headDim: 32,
      kvHeads: 2,
      ffnSize: 512,
      tiedEmbeddings: false,
      precision: 'bf16',
    });
    expect(parse({ ...TINY, num_key_value_heads: undefined }).kvHeads).toBe(8);
    expect(parse({ ...TINY, head_dim: 64 }).headDim).toBe(64);
  });

  it('refuses KV heads that the query heads cannot share', () => {
    expect(refusal(() => parse({ ...TINY, num_key_value_heads: 3 }))).toMatchObject({
      code: 'FORMAT_INVALID',
    });
  });

  it('limits attention only where every layer is limited', () => {
    expect(parse({ ...TINY, sliding_window: 128 }).attentionSpanTokens).toBe(128);
    expect(
      parse({ ...TINY, sliding_window: 128, use_sliding_window: false }).attentionSpanTokens,
    ).toBeUndefined();
    const mixed = { ...TINY, sliding_window: 128, layer_types: ['sliding_attention', 'full_attention'] };
    expect(parse(mixed).attentionSpanTokens).toBeUndefined();
  });

  it('knows the families that tie their embeddings without saying so', () => {
    const silent = { ...TINY, tie_word_embeddings: undefined };
    expect(parse({ ...silent, model_type: 'gemma2' }).tiedEmbeddings).toBe(true);
    expect(parse({ ...silent, model_type: 'llama' }).tiedEmbeddings).toBe(false);
    expect(parse({ ...silent, model_type: 'gemma2', tie_word_embeddings: false }).tiedEmbeddings).toBe(false);
  });

  it('takes sampling defaults from the generation configuration', () => {
    expect(parse(TINY, {}).sampling).toEqual({ topPOrTopK: false, repetitionPenalty: 1 });
    expect(parse(TINY, { top_p: 0.9 }).sampling.topPOrTopK).toBe(true);
    expect(parse(TINY, { top_k: 20, repetition_penalty: 1.1 }).sampling).toEqual({
      topPOrTopK: true,
      repetitionPenalty: 1.1,
    });
    expect(parse(TINY, { top_p: 1, temperature: 0.6 }).sampling.topPOrTopK).toBe(false);
  });

  it('counts MoE layers by the rule of each family', () => {
    const experts = { num_experts: 8, num_experts_per_tok: 2, moe_intermediate_size: 64 };
    expect(parse({ ...TINY, ...experts }).moe).toMatchObject({
      layers: 4,
      expertFfnSize: 64,
      sharedExpertFfnSize: 0,
    });
    expect(parse({ ...TINY, ...experts, decoder_sparse_step: 2 }).moe?.layers).toBe(2);
    expect(parse({ ...TINY, ...experts, mlp_only_layers: [0] }).moe?.layers).toBe(3);
    expect(parse({ ...TINY, ...experts, first_k_dense_replace: 1, n_shared_experts: 2 }).moe).toMatchObject({
      layers: 3,
      sharedExpertFfnSize: 128,
    });
    const mixtral = parse({ ...TINY, num_local_experts: 8, num_experts_per_tok: 2 });
    expect(mixtral.moe).toMatchObject({ layers: 4, expertFfnSize: 512 });
    expect(mixtral.ffnSize).toBe(0);
  });

  it('interleaves Llama-4 MoE layers and adds the shared expert', () => {
    const llama4 = { num_local_experts: 16, num_experts_per_tok: 1, intermediate_size_mlp: 1024 };
    const every = parse({ ...TINY, ...llama4, interleave_moe_layer_step: 1 });
    expect(every).toMatchObject({
      ffnSize: 0,
      moe: { layers: 4, expertFfnSize: 512, sharedExpertFfnSize: 512 },
    });
    const second = parse({ ...TINY, ...llama4, interleave_moe_layer_step: 2 });
    expect(second).toMatchObject({ ffnSize: 1024, moe: { layers: 2 } });
    expect(denseLayers(second)).toBe(2);
  });

  it.each([
    [{ quant_method: 'fp8' }, 1, 'fp8'],
    [{ quant_method: 'awq', bits: 4, group_size: 128 }, 0.515625, 'bf16'],
    [{ quant_method: 'gptq', bits: '8' }, 1, 'bf16'],
    [{ quant_method: 'mxfp4' }, 0.53125, 'bf16'],
    [{ quant_method: 'modelopt', quant_algo: 'FP8', kv_cache_quant_algo: 'FP8' }, 1, 'fp8'],
  ])('reads %j as %f bytes a weight', (quantization_config, bytes, precision) => {
    const arch = parse({ ...TINY, quantization_config });
    expect(arch.weightBytes).toMatchObject({ attention: bytes, ffn: bytes, vocabulary: 2 });
    expect(arch.precision).toBe(precision);
    expect(arch.kvBytes).toBe('kv_cache_quant_algo' in quantization_config ? 1 : 2);
  });

  it('keeps excluded families in 16 bit, by pattern or by most of their layers', () => {
    const layers = [0, 1, 2, 3].map((layer) => `model.layers.${layer}.self_attn.q_proj`);
    expect(attentionBytes(layers)).toBe(2);
    expect(attentionBytes(layers.slice(0, 1))).toBe(1);
    expect(attentionBytes(['model.layers.*.self_attn'])).toBe(2);
    expect(attentionBytes(['vision_model.layers.0.self_attn.q_proj', 'lm_head'])).toBe(1);
  });
});

describe('readModelConfig', () => {
  it('names a model after its folder and finds the generation configuration', async () => {
    const arch = await readModelConfig(fixture('suite/models/tiny'));
    expect(arch).toMatchObject({
      name: 'tiny',
      headDim: 64,
      sampling: { topPOrTopK: true, repetitionPenalty: 1.05 },
    });
  });
});

const data = dataFolder();

const model = (folder: string): Promise<ModelArch> => readModelConfig(join(data ?? '', 'models', folder));
const sample = (file: string): Promise<ModelArch> =>
  readModelConfig(join(data ?? '', 'samples/hf-config', file));

/** Parameters as published on each model card, in 1e9. */
const PARAMETERS: readonly [folder: string, billions: number][] = [
  ['codellama-34b-instruct-hf', 33.74],
  ['llama-2-70b-hf', 68.98],
  ['llama-2-7b-hf', 6.74],
  ['llama-3.1-70b-instruct', 70.55],
  ['llama-3.1-8b-instruct', 8.03],
  ['mistral-nemo-instruct-2407', 12.25],
  ['mixtral-8x22b-v0.1', 140.63],
  ['mixtral-8x7b-v0.1', 46.7],
  ['qwen2.5-7b-instruct', 7.62],
  ['qwen3-14b', 14.77],
  ['qwen3-30b-a3b', 30.53],
  ['yi-34b', 34.39],
];

describe.skipIf(data === undefined)('on published configurations', () => {
  it.each(PARAMETERS)('%s has %f billion parameters', async (folder, billions) => {
    expect(modelWeightBytes(await model(folder)) / 2e9).toBeCloseTo(billions, 1);
  });

  it('keeps attention, router and vocabulary of Llama-4 Scout FP8 in 16 bit', async () => {
    expect(await model('llama-4-scout-17b-16e-instruct-fp8-dynamic')).toMatchObject({
      precision: 'fp8',
      weightBytes: { attention: 2, experts: 1, sharedExpert: 1, vocabulary: 2 },
      kvBytes: 2,
      moe: { layers: 48, experts: 16, expertsPerToken: 1 },
    });
  });

  it('reads the sample configurations', async () => {
    const maverick = await sample('meta-llama--Llama-4-Maverick-17B-128E-Instruct_config.json');
    expect(maverick.moe).toMatchObject({ layers: 24, experts: 128 });
    const qwen = await sample('Qwen--Qwen3-30B-A3B-FP8_config.json');
    expect(qwen).toMatchObject({
      precision: 'fp8',
      weightBytes: { attention: 1, experts: 1, vocabulary: 2 },
    });
    const gptOss = await sample('openai--gpt-oss-20b_config.json');
    expect(gptOss).toMatchObject({ headDim: 64, weightBytes: { attention: 2, experts: 0.53125 } });
  });
});
