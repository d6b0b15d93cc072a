import type { KernelConstants } from '../../../src/basis/kernel-constants.js';
import { gemmUs } from '../../../src/basis/op-roofline/gemm.js';
import type { GpuSpec } from '../../../src/trace/gpu-spec.js';
import type { KernelSweep, OperatorRows } from '../../../src/trace/kernel-sweep.js';

/** A GPU with round numbers: 1 MB of L2 so that few points are resident. */
export const GPU: GpuSpec = {
  name: 'Demo',
  aliases: [],
  bf16FlopPerUs: 1e9,
  fp8FlopPerUs: 2e9,
  hbmBytesPerUs: 1e6,
  memoryBytes: 80e9,
  linkBytesPerUs: 4e5,
  l2Bytes: 1e6,
  source: 'made up',
};

const provenance = { method: 'assumed', source: 'planted', notes: 'planted' } as const;

/** What the planted sweep was made with. */
export const PLANTED: KernelConstants = {
  gpu: 'Demo',
  gemm: {
    bf16: {
      memoryFloorUs: 4,
      memoryFactor: 1.2,
      computeFloorUs: 6,
      computeFactor: 1.3,
      sharpness: 3,
      usPerThousandDepth: 0.5,
    },
    fp8: {
      memoryFloorUs: 8,
      memoryFactor: 1.1,
      computeFloorUs: 3,
      computeFactor: 1.5,
      sharpness: 2,
      usPerMillionActivations: 5,
    },
    provenance,
  },
  decodeAttention: {
    floorUs: 11,
    memoryFactor: 1.25,
    usPerThousandContextTokens: 0,
    usPerRequest: 0.06,
    provenance,
  },
  prefillAttention: { computeFactor: 1.6, memoryFactor: 2.5, provenance },
  allReduce: { knots: {}, provenance },
  moe: {
    launchUs: 20,
    shapes: [],
    fallback: { launchUs: 20, memoryFactor: 1.15, usPerMillionActivationBytes: 0, computeFactor: 2 },
    provenance,
  },
  sampler: { scale: 1.4, provenance },
};

type Key = Readonly<Record<string, number | string>>;

/** Every combination of the given values. */
export function product(values: Readonly<Record<string, readonly (number | string)[]>>): Key[] {
  return Object.entries(values).reduce<Key[]>(
    (keys, [name, options]) => keys.flatMap((key) => options.map((option) => ({ ...key, [name]: option }))),
    [{}],
  );
}

const num = (key: Key, name: string): number => Number(key[name]);

/** Rows from keys; every key of the family must be there. `us` prices a key. */
export function rowsOf<N extends string, L extends string>(
  numbers: readonly N[],
  labels: readonly L[],
  keys: readonly Key[],
  us: (key: Key) => number,
): OperatorRows<N, L>;
export function rowsOf(
  numbers: readonly string[],
  labels: readonly string[],
  keys: readonly Key[],
  us: (key: Key) => number,
): OperatorRows<string, string> {
  const missing = keys.flatMap((key) => [...numbers, ...labels].filter((name) => !(name in key)))[0];
  if (missing !== undefined) throw new Error(`planted rows lack ${missing}`);
  return {
    count: keys.length,
    numbers: Object.fromEntries(
      numbers.map((name) => [name, Float64Array.from(keys, (key) => num(key, name))]),
    ),
    labels: Object.fromEntries(labels.map((name) => [name, keys.map((key) => String(key[name]))])),
    us: Float64Array.from(keys, us),
  };
}

const GEMM_KEYS = product({
  m: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
  n: [1024, 2048, 4096, 8192, 16_384],
  k: [1024, 2048, 4096, 8192],
  dtype: ['bfloat16', 'fp8'],
  release: ['0.14'],
});

const plantedGemmUs = (key: Key): number => {
  const bytesPerWeight = key['dtype'] === 'fp8' ? 1 : 2;
  const matrix = { width: num(key, 'n'), depth: num(key, 'k'), bytesPerWeight, count: 1 };
  return gemmUs(num(key, 'm'), matrix, PLANTED, GPU);
};

const ATTENTION = ['batch', 'queryHeads', 'kvHeads', 'headDim', 'windowTokens'] as const;
const HEADS = [
  [4, 1],
  [8, 1],
  [8, 2],
  [16, 2],
  [16, 4],
  [32, 8],
  [40, 8],
  [64, 8],
] as const;
const withHeads = (keys: readonly Key[]): Key[] =>
  HEADS.flatMap(([queryHeads, kvHeads]) =>
    keys.map((key) => ({
      ...key,
      queryHeads,
      kvHeads,
      headDim: 128,
      windowTokens: 0,
      kvDtype: 'bfloat16',
      release: '0.14',
    })),
  );

const plantedDecodeUs = (key: Key): number => {
  const { floorUs, memoryFactor, usPerRequest = 0 } = PLANTED.decodeAttention;
  const bytes = 4 * num(key, 'batch') * num(key, 'contextTokens') * num(key, 'kvHeads') * num(key, 'headDim');
  return floorUs + (memoryFactor * bytes) / GPU.hbmBytesPerUs + usPerRequest * num(key, 'batch');
};

const plantedPrefillUs = (key: Key): number => {
  const [tokens, heads, kv, dim] = [
    num(key, 'promptTokens'),
    num(key, 'queryHeads'),
    num(key, 'kvHeads'),
    num(key, 'headDim'),
  ];
  const batch = num(key, 'batch');
  const flop = 2 * batch * heads * dim * tokens ** 2;
  const bytes = 4 * batch * tokens * (heads + kv) * dim;
  return 9 + (1.6 * flop) / GPU.bf16FlopPerUs + (2.5 * bytes) / GPU.hbmBytesPerUs;
};

/** Shapes of planted experts: hidden size, expert width, experts, experts per token. */
const EXPERTS = [
  [4096, 14_336, 8, 2],
  [2048, 768, 128, 8],
  [4096, 1536, 64, 4],
  [6144, 2560, 16, 2],
] as const;
const MOE_KEYS: Key[] = EXPERTS.flatMap(([hiddenSize, expertFfnSize, experts, expertsPerToken]) =>
  product({
    tokens: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
    tensorParallelSize: [1, 2, 4],
  }).map((key) => ({
    ...key,
    hiddenSize,
    expertFfnSize,
    experts,
    expertsPerToken,
    expertParallelSize: 1,
    dtype: 'bfloat16',
    distribution: 'balanced',
    kernel: 'vllm_fused_moe',
    release: '0.14',
  })),
);

const plantedMoeUs = (key: Key): number => {
  const slots = num(key, 'tokens') * num(key, 'expertsPerToken');
  const weights = (3 * num(key, 'hiddenSize') * num(key, 'expertFfnSize')) / num(key, 'tensorParallelSize');
  const bytes = 2 * weights * Math.min(num(key, 'experts'), slots);
  return 20 + (1.15 * bytes) / GPU.hbmBytesPerUs + (2 * 2 * slots * weights) / GPU.bf16FlopPerUs;
};

/** log time linear in log2 of the ranks: what the rule for missing sizes assumes. */
const plantedAllReduceUs = (key: Key): number =>
  (5 + num(key, 'elements') / 1e5) * 1.3 ** Math.log2(num(key, 'gpus'));

const ALL_REDUCE_KEYS = product({
  gpus: [2, 4, 8],
  elements: Array.from({ length: 16 }, (_, i) => 2 ** (11 + i)),
  dtype: ['bfloat16'],
  backend: ['vllm_graph', 'vllm_eager'],
  release: ['0.14'],
});

const plantedSamplerUs = (key: Key): number =>
  (1.4 * num(key, 'batch') * num(key, 'vocabSize') * (key['method'] === 'top_p' ? 0.14 : 0.015)) / 1e3;

/** A noise-free sweep of PLANTED on GPU, all families. */
export function plantedSweep(): KernelSweep {
  const decodeKeys = withHeads(product({ batch: [4, 16, 64, 128, 256], contextTokens: [256, 1024, 4096] }));
  const prefillKeys = withHeads(product({ batch: [1, 4], promptTokens: [16, 64, 256, 1024, 4096] }));
  return {
    device: 'Demo GPU',
    gemm: rowsOf(['m', 'n', 'k'], ['dtype', 'release'], GEMM_KEYS, plantedGemmUs),
    contextAttention: rowsOf(
      [...ATTENTION, 'promptTokens'],
      ['kvDtype', 'release'],
      prefillKeys,
      plantedPrefillUs,
    ),
    generationAttention: rowsOf(
      [...ATTENTION, 'contextTokens'],
      ['kvDtype', 'release'],
      decodeKeys,
      plantedDecodeUs,
    ),
    moe: rowsOf(
      [
        'tokens',
        'hiddenSize',
        'expertFfnSize',
        'experts',
        'expertsPerToken',
        'tensorParallelSize',
        'expertParallelSize',
      ],
      ['dtype', 'distribution', 'kernel', 'release'],
      MOE_KEYS,
      plantedMoeUs,
    ),
    allReduce: rowsOf(
      ['gpus', 'elements'],
      ['dtype', 'backend', 'release'],
      ALL_REDUCE_KEYS,
      plantedAllReduceUs,
    ),
    sampler: rowsOf(
      ['batch', 'vocabSize'],
      ['method', 'release'],
      product({
        batch: [8, 64, 256],
        vocabSize: [32_000, 128_256],
        method: ['softmax', 'top_p'],
        release: ['0.14'],
      }),
      plantedSamplerUs,
    ),
    tables: [],
    diagnostics: [],
  };
}

/** The same sweep with every time of one family multiplied. */
export const scaled = <N extends string, L extends string>(
  rows: OperatorRows<N, L>,
  factor: (row: number) => number,
): OperatorRows<N, L> => ({ ...rows, us: rows.us.map((us, row) => us * factor(row)) });
