import * as z from 'zod';
import { TruelineError } from '../errors.js';
import type { WeightBytes } from '../trace/model-arch.js';

/** bfloat16, float16, and float32 checkpoints under vLLM's `--dtype auto`. */
const SIXTEEN_BIT_BYTES = 2;

const weightScheme = z.object({
  num_bits: z.number(),
  type: z.string().optional(),
  group_size: z.number().nullish(),
});
const group = z.object({ weights: weightScheme.nullish(), input_activations: z.object({}).nullish() });

/** The parts of `quantization_config` that decide bytes per weight; unknown parts are ignored. */
export const quantizationSchema = z.object({
  quant_method: z.string(),
  bits: z.coerce.number().optional(),
  group_size: z.number().nullish(),
  config_groups: z.record(z.string(), group).optional(),
  kv_cache_scheme: z.object({ num_bits: z.number() }).nullish(),
  ignore: z.array(z.string()).nullish(),
  modules_to_not_convert: z.array(z.string()).nullish(),
  exclude_modules: z.array(z.string()).nullish(),
  quant_algo: z.string().nullish(),
  kv_cache_quant_algo: z.string().nullish(),
});
export type QuantizationConfig = z.infer<typeof quantizationSchema>;

/** How a checkpoint's quantised matrices are stored and multiplied. */
interface QuantisedFormat {
  readonly bytes: number;
  readonly fp8Arithmetic: boolean;
}

/** Bits of a weight plus its share of a 16-bit scale per group. */
const groupedBytes = (bits: number, groupSize: number | null | undefined): number =>
  bits / 8 +
  (groupSize === undefined || groupSize === null || groupSize <= 0 ? 0 : SIXTEEN_BIT_BYTES / groupSize);

function compressedTensors(config: QuantizationConfig, file: string): QuantisedFormat {
  const [first] = Object.values(config.config_groups ?? {});
  const weights = first?.weights;
  if (weights === undefined || weights === null) {
    throw new TruelineError('ARCH_UNSUPPORTED', 'compressed-tensors without a weight scheme', { file });
  }
  const activations = first?.input_activations !== undefined && first.input_activations !== null;
  if (activations && !(weights.type === 'float' && weights.num_bits === 8)) {
    const found = `${weights.num_bits}-bit ${weights.type ?? 'int'} arithmetic`;
    throw new TruelineError('ARCH_UNSUPPORTED', `${found} is not modelled (16 bit and FP8 are)`, { file });
  }
  return { bytes: groupedBytes(weights.num_bits, weights.group_size), fp8Arithmetic: activations };
}

function modelOpt(config: QuantizationConfig, file: string): QuantisedFormat {
  const algorithm = config.quant_algo ?? '';
  if (algorithm === 'FP8') return { bytes: 1, fp8Arithmetic: true };
  // 4 bits and one 8-bit scale per 16 weights
  if (algorithm === 'NVFP4') return { bytes: 0.5625, fp8Arithmetic: false };
  throw new TruelineError('ARCH_UNSUPPORTED', `ModelOpt quantisation ${algorithm} is not modelled`, { file });
}

function quantisedFormat(config: QuantizationConfig, file: string): QuantisedFormat {
  switch (config.quant_method) {
    case 'fp8':
    case 'fbgemm_fp8':
      return { bytes: 1, fp8Arithmetic: true };
    case 'compressed-tensors':
      return compressedTensors(config, file);
    case 'modelopt':
      return modelOpt(config, file);
    case 'gptq':
    case 'awq':
      return { bytes: groupedBytes(config.bits ?? 4, config.group_size), fp8Arithmetic: false };
    case 'mxfp4': // 4 bits and one 8-bit scale per 32 weights
      return { bytes: 0.53125, fp8Arithmetic: false };
    default:
      throw new TruelineError('ARCH_UNSUPPORTED', `quantisation \`${config.quant_method}\` is not modelled`, {
        file,
      });
  }
}

/** Modules of each weight family as checkpoints name them. */
const FAMILY_MODULES = {
  attention: /self_attn|\battention\b/u,
  ffn: /\b(?:mlp|feed_forward)(?:\.(?:gate_proj|up_proj|down_proj|gate_up_proj))?\*?$/u,
  experts: /(?<!shared_)experts/u,
  sharedExpert: /shared_expert/u,
} as const;

/** A family stays in 16 bit when a pattern, or entries for at least half of the layers, exclude its modules. */
function isExcluded(family: RegExp, excluded: readonly string[], layers: number): boolean {
  const entries = excluded.filter((name) => family.test(name) && !/vision/u.test(name));
  const numbered = entries.map((name) => /\.(\d+)\./u.exec(name)?.[1]);
  if (numbered.includes(undefined)) return true;
  return new Set(numbered).size * 2 >= layers;
}

/**
 * Bytes per weight of each family as vLLM serves the checkpoint, and the arithmetic of the quantised ones. Embeddings
 * and LM head stay in 16 bit whatever the list of exclusions says: vLLM quantises linear layers only.
 * @throws ARCH_UNSUPPORTED for a scheme that is not modelled
 */
export function servedWeights(
  config: QuantizationConfig | undefined,
  layers: number,
  file: string,
): { readonly weightBytes: WeightBytes; readonly precision: 'bf16' | 'fp8'; readonly kvBytes: number } {
  const full = SIXTEEN_BIT_BYTES;
  if (config === undefined) {
    const weightBytes = { attention: full, ffn: full, experts: full, sharedExpert: full, vocabulary: full };
    return { weightBytes, precision: 'bf16', kvBytes: full };
  }
  const { bytes, fp8Arithmetic } = quantisedFormat(config, file);
  const excluded = [config.ignore, config.modules_to_not_convert, config.exclude_modules].flatMap(
    (l) => l ?? [],
  );
  const of = (family: RegExp): number => (isExcluded(family, excluded, layers) ? full : bytes);
  const kvQuantised = config.kv_cache_scheme?.num_bits === 8 || config.kv_cache_quant_algo === 'FP8';
  return {
    weightBytes: {
      attention: of(FAMILY_MODULES.attention),
      ffn: of(FAMILY_MODULES.ffn),
      experts: of(FAMILY_MODULES.experts),
      sharedExpert: of(FAMILY_MODULES.sharedExpert),
      vocabulary: full,
    },
    precision: fp8Arithmetic ? 'fp8' : 'bf16',
    kvBytes: kvQuantised ? 1 : full,
  };
}
