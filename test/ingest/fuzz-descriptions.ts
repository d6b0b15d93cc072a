/** Small synthetic files that say something about a run that lies beside them. */

const KV_EVENTS = `[1.5,[["BlockStored",[17375808098319191535,7],null,[1,2,3,4],2,null,"GPU",null]],0,null]
[1.6,[["TransferInitiated",7,"0","GPU","CPU",2,42],["BlockRemoved",[7],"GPU"]],0,41]
[1.7,[["BlockStored",["AAECAwQFBgcICQoLDA0ODxAREhMUFRYX8SNFZ4mrze8="],null,[],2,null,"CPU",null],["AllBlocksCleared"]],0,42]
`;

const EXPERIMENT_CONFIG = 'model: example-org/tiny-llm\ntensor_parallelism: 1\nmax_num_seqs: 128\n';

const INFERENCE_PERF_CONFIG = `api: { type: completion }
load:
  type: constant
  stages:
    - { rate: 2, duration: 5 }
server: { model_name: tiny, ignore_eos: true }
data: { shared_prefix: { num_groups: 2, num_prompts_per_group: 2, output_len: 4 } }
`;

const BLIS_HEADER =
  'trace_version: 3\nmode: real\nserver:\n  model: tiny\n  max_num_seqs: 256\n  block_size: 16\n';

const BLIS_WORKLOAD = `version: "2"
seed: 42
inference_perf:
  stages: [{ rate: 2, duration: 5 }]
  shared_prefix: { num_unique_system_prompts: 2, num_users_per_system_prompt: 2, output_len: 4 }
`;

const SERVING_SIM_META = JSON.stringify({
  schema_version: 1,
  model: 'example-org/tiny-llm',
  vllm_version: '0.15.1',
  engine_kwargs: { tensor_parallel_size: 1, max_num_seqs: 32, max_num_batched_tokens: 512 },
  kv_cache: { num_gpu_blocks: 1000, block_size: 16, enable_prefix_caching: true },
});

/** Content by format. */
export const FUZZ_DESCRIPTIONS: Readonly<Record<string, string>> = {
  'kv-events': KV_EVENTS,
  'exp-config': EXPERIMENT_CONFIG,
  'inference-perf-config': INFERENCE_PERF_CONFIG,
  'blis-header': BLIS_HEADER,
  'blis-workload': BLIS_WORKLOAD,
  'llm-serving-sim-meta': SERVING_SIM_META,
};
