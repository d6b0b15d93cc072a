/** Column of a sweep table that one of our keys is read from. */
export interface KeyColumn {
  readonly column: string;
  /** Added to the column, e.g. past tokens + the new one = context. */
  readonly plus?: string;
  /** Used when a table has no such column; a column without it is required. */
  readonly absent?: number;
  /** Smallest value that makes sense. */
  readonly least: number;
}

/** How the tables of one operator family are laid out: our keys and the columns they are read from. */
export interface FamilySpec<NumberKey extends string, LabelKey extends string> {
  /** Value of `op_name`. */
  readonly operator: string;
  readonly numbers: Readonly<Record<NumberKey, KeyColumn>>;
  /** `release` is read from RELEASE_COLUMN, cut to the minor release. */
  readonly labels: Readonly<Record<LabelKey | 'release', string>>;
}

export const RELEASE_COLUMN = 'version';

const atLeastOne = (column: string): KeyColumn => ({ column, least: 1 });

const ATTENTION_NUMBERS = {
  batch: atLeastOne('batch_size'),
  queryHeads: atLeastOne('num_heads'),
  kvHeads: atLeastOne('num_key_value_heads'),
  headDim: atLeastOne('head_dim'),
  // tables before vLLM 0.19 have full attention only and no such column
  windowTokens: { column: 'window_size', absent: 0, least: 0 },
};

/**
 * Tables of NVIDIA AIConfigurator's kernel sweeps (`systems/data/<gpu>/<op>/vllm/<version>/*.parquet`), restated in
 * docs/formats.md; `sampler` is ours (`tools/measure_kernels.py`). `isl + step` is the context of a decode point.
 * Source: ai-dynamo/aiconfigurator@095f58a.
 */
export const FAMILIES = {
  gemm: {
    operator: 'gemm',
    numbers: { m: atLeastOne('m'), n: atLeastOne('n'), k: atLeastOne('k') },
    labels: { dtype: 'gemm_dtype', release: RELEASE_COLUMN },
  },
  contextAttention: {
    operator: 'context_attention',
    numbers: { ...ATTENTION_NUMBERS, promptTokens: atLeastOne('isl') },
    labels: { kvDtype: 'kv_cache_dtype', release: RELEASE_COLUMN },
  },
  generationAttention: {
    operator: 'generation_attention',
    numbers: { ...ATTENTION_NUMBERS, contextTokens: { column: 'step', plus: 'isl', least: 1 } },
    labels: { kvDtype: 'kv_cache_dtype', release: RELEASE_COLUMN },
  },
  moe: {
    operator: 'moe',
    numbers: {
      tokens: atLeastOne('num_tokens'),
      hiddenSize: atLeastOne('hidden_size'),
      expertFfnSize: atLeastOne('inter_size'),
      experts: atLeastOne('num_experts'),
      expertsPerToken: atLeastOne('topk'),
      tensorParallelSize: atLeastOne('moe_tp_size'),
      expertParallelSize: atLeastOne('moe_ep_size'),
    },
    labels: {
      dtype: 'moe_dtype',
      distribution: 'distribution',
      kernel: 'kernel_source',
      release: RELEASE_COLUMN,
    },
  },
  allReduce: {
    operator: 'all_reduce',
    numbers: { gpus: atLeastOne('num_gpus'), elements: atLeastOne('message_size') },
    labels: { dtype: 'allreduce_dtype', backend: 'backend', release: RELEASE_COLUMN },
  },
  sampler: {
    operator: 'sampler',
    numbers: { batch: atLeastOne('batch_size'), vocabSize: atLeastOne('vocab_size') },
    labels: { method: 'method', release: RELEASE_COLUMN },
  },
} as const satisfies Readonly<Record<string, FamilySpec<string, string>>>;

/** Columns that every table of a family must have. */
export function requiredColumns(spec: FamilySpec<string, string>): readonly string[] {
  const numbers = Object.values(spec.numbers).filter((key) => key.absent === undefined);
  const columns = numbers.flatMap((key) => (key.plus === undefined ? [key.column] : [key.column, key.plus]));
  return ['device', 'latency', ...columns, ...Object.values(spec.labels)];
}
