import { readBaseline } from '../../src/cli/baseline-file.js';
import { readValidationResult, renderValidationResult } from '../../src/cli/validation-result-file.js';
import { readGpuFile } from '../../src/coefficients/index.js';
import {
  ingestPath,
  readExperiment,
  readGpuSheet,
  readKernelSweep,
  readModelConfig,
  readSuite,
} from '../../src/ingest/index.js';
import { validationOf } from '../gate/made-up-results.js';

/** A file that is no recording, with what reads it. */
export interface FuzzDocument {
  /** Its path below the folder; the rest is left as it is. */
  readonly file: string;
  readonly folder: Readonly<Record<string, string>>;
  readonly read: (folder: string) => Promise<unknown>;
}

const EXPERIMENT = `id: a
title: tiny
split: train
model: example-org/tiny-llm
gpu: H100
source: invented
server: { maxNumSeqs: 8 }
workload: { name: chat, kind: request-trace, requests: a.csv }
measured:
  - { stage: 0, ttftMeanMs: 20 }
`;
const SYNTHETIC = `id: b
title: tiny
split: test
model: example-org/tiny-llm
modelConfig: models/tiny/config.json
gpu: H100
source: invented
server: {}
workload:
  name: chat
  kind: synthetic
  load: { kind: rate, gaps: { law: gamma, cv: 2 }, fillStages: true, stages: [{ ratePerS: 1, durationS: 2 }] }
  prompts: { questionTokens: { law: lognormal, mean: 20, cv: 1, max: 90 } }
  outputTokens: { law: empirical, values: [1, 2], weights: [1, 3] }
measured: []
`;
const REQUESTS = 'arrivedAtUs,promptTokens,outputTokens,promptId,stage\n0,10,3,0,0\n1500,12,4,1,0\n';
const MODEL = JSON.stringify({
  architectures: ['DemoForCausalLM'],
  model_type: 'llama',
  hidden_size: 256,
  num_hidden_layers: 4,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  head_dim: 64,
  intermediate_size: 512,
  vocab_size: 1000,
  hidden_act: 'silu',
  quantization_config: { quant_method: 'fp8', activation_scheme: 'dynamic' },
});
const SUITE: Readonly<Record<string, string>> = {
  'suite.yaml': 'name: synthetic\ndescription: invented\nsource: none\n',
  'experiments/a.yaml': EXPERIMENT,
  'experiments/b.yaml': SYNTHETIC,
  'experiments/a.csv': REQUESTS,
  'models/tiny/config.json': MODEL,
  'models/tiny/generation_config.json': '{"temperature":0.6,"top_p":0.9,"top_k":50}',
  'peers.csv': 'simulator,experiment,stage,metric,predictedMs\nother,a,0,ttftMeanMs,25\n',
};

const PUBLIC_SUITE: Readonly<Record<string, string>> = {
  'experiments.json': JSON.stringify({
    experiments: [
      {
        id: '7',
        folder: '7-tiny',
        split: 'train',
        model: 'example-org/tiny-llm',
        model_config: 'tiny',
        hardware: 'H100',
        precision: 'FP16',
        tensor_parallel_size: 1,
        max_num_batched_tokens: 256,
        max_num_seqs: 8,
        gpu_memory_utilization: 0.9,
        total_kv_blocks: 100,
        workload: 'general',
        shared_prefix: {
          num_groups: 2,
          num_prompts_per_group: 2,
          system_prompt_len: 48,
          question_len: 12,
          output_len: 11,
        },
        stages: [{ rate: 6, duration: 10, output_tokens: 11, reported_mean_output_tokens: 6 }],
        mean_prompt_tokens: 60,
      },
    ],
  }),
  'measurements.csv':
    'experiment,split,stage,metric,actual_ms\n7,train,0,ttft_mean,50\n7,train,0,itl_mean,20\n',
  'peer_predictions.csv': 'experiment,simulator,stage,metric,predicted_ms\n7,other,0,itl_mean,22\n',
  'models/tiny/config.json': MODEL,
};

const TRACE: Readonly<Record<string, string>> = {
  'trace.json': JSON.stringify({
    format: 'trueline-trace',
    version: 1,
    meta: { source: 'invented', clock: 'engine', synthetic: true },
    stages: [{ stage: 0, requests: 1, failed: 0, metrics: { ttftMeanMs: 3 } }],
    diagnostics: [],
  }),
  'requests.csv':
    'id,arrivedAtUs,firstTokenAtUs,finishedAtUs,promptTokens,outputTokens,stage,status\na,0,5,9,10,3,0,finished\nb,4,,,12,,0,failed\n',
  'steps.csv':
    'id,scheduledAtUs,periodUs,prefillTokens,prefillRequests,decodeRequests,decodeContextTokens,prefillContextTokens,prefillAttentionPairs,prefillPromptPairs,newRequests,running,waiting,kvBlocksUsed\n1,0,5,10,1,0,0,10,55,0,1,1,0,1\n2,5,,0,0,1,11,0,0,0,0,1,0,1\n',
};

const SHARED = { framework: 'VLLM', version: '0.14.0', device: 'DEMO', kernel_source: 'default' };
const GEMM = { ...SHARED, op_name: 'gemm', gemm_dtype: 'bfloat16', m: 1, n: 64, k: 32, latency: 0.5 };
const REDUCE = {
  ...SHARED,
  op_name: 'all_reduce',
  allreduce_dtype: 'bfloat16',
  num_gpus: 2,
  message_size: 8192,
  backend: 'vllm_graph',
  latency: 0.0045,
};
const KERNELS_JSONL = [GEMM, { ...GEMM, m: 2 }, REDUCE].map((row) => JSON.stringify(row)).join('\n');
const KERNELS_CSV = `${Object.keys(REDUCE).join(',')}\n${Object.values(REDUCE).join(',')}\n`;

const GPU_SHEET = `gpu:
  mem_bw: 1000000000000
  mem_capacity: 17179869184
  bfloat16_tc_flops: 100000000000000
  sm_version: 90
node:
  intra_node_bw: 10000000000
`;
const GPU_FILE =
  'name: H100\naliases: [H100-SXM]\nsource: invented\nbf16TflopPerS: 989\nhbmTbPerS: 3.35\nmemoryGib: 79\nlinkGbPerS: 450\nl2Mb: 50\n';

const RUN = { id: 'a', gpu: 'H100', measured: [30, 10, 2000], predicted: [[31, 10, 2010]] } as const;
const VALIDATION = renderValidationResult(validationOf([RUN]));
const BASELINE = JSON.stringify({
  formatVersion: 1,
  suite: 's',
  coefficientSet: 'c',
  basis: 'b',
  seeds: [1],
  updates: [{ reason: 'first', coefficientSet: 'c', figures: 1, changed: 0 }],
  experiments: [{ experiment: 'a', split: 'train', model: 'm', gpu: 'g', workload: 'w', seeds: 1 }],
  figures: [{ experiment: 'a', stage: 'all', metric: 'ttftMeanMs', measuredMs: 2, predictedMs: 3 }],
});

const alone = (file: string, content: string, read: (path: string) => Promise<unknown>): FuzzDocument => ({
  file,
  folder: { [file]: content },
  read: (folder) => read(`${folder}/${file}`),
});
const partOf = (
  folder: Readonly<Record<string, string>>,
  file: string,
  read: (folder: string) => Promise<unknown>,
): FuzzDocument => ({ file, folder, read });

/** Every other file that Trueline is given. */
export const FUZZ_DOCUMENTS: readonly FuzzDocument[] = [
  partOf({ 'experiment.yaml': EXPERIMENT, 'a.csv': REQUESTS }, 'experiment.yaml', (folder) =>
    readExperiment(`${folder}/experiment.yaml`),
  ),
  alone('synthetic.yaml', SYNTHETIC, readExperiment),
  ...['suite.yaml', 'experiments/a.csv', 'peers.csv', 'models/tiny/generation_config.json'].map((file) =>
    partOf(SUITE, file, readSuite),
  ),
  ...['experiments.json', 'measurements.csv', 'peer_predictions.csv'].map((file) =>
    partOf(PUBLIC_SUITE, file, readSuite),
  ),
  ...Object.keys(TRACE).map((file) => partOf(TRACE, file, ingestPath)),
  alone('kernels.jsonl', KERNELS_JSONL, readKernelSweep),
  alone('kernels.csv', KERNELS_CSV, readKernelSweep),
  alone('config.json', MODEL, readModelConfig),
  alone('l40s.yaml', GPU_SHEET, readGpuSheet),
  alone('gpu-file.yaml', GPU_FILE, readGpuFile),
  alone('result.json', VALIDATION, readValidationResult),
  alone('baseline.json', BASELINE, readBaseline),
];
