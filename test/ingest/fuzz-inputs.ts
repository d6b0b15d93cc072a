/** Small synthetic inputs, one of every format and shape; the numbers describe no system. */

const attribute = (key: string, value: object): object => ({ key, value });
const int = (key: string, value: number | string): object => attribute(key, { intValue: String(value) });
const text = (key: string, value: string): object => attribute(key, { stringValue: value });

function summary(id: number): object {
  return {
    timeUnixNano: `175000000010000${id}000`,
    name: 'step.BATCH_SUMMARY',
    attributes: [
      int('step.id', id),
      int('step.ts_start_ns', 5_000_000_000 + id * 10_000_000),
      int('queue.running_depth', 1),
      int('queue.waiting_depth', 0),
      int('batch.num_prefill_reqs', id <= 2 ? 1 : 0),
      int('batch.num_decode_reqs', id > 2 ? 1 : 0),
      int('batch.prefill_tokens', id === 1 ? 20 : id === 2 ? 1 : 0),
      int('batch.decode_tokens', id > 2 ? 1 : 0),
      int('batch.num_finished', 0),
      attribute('kv.usage_gpu_ratio', { doubleValue: 0.02 }),
      int('kv.blocks_total_gpu', 100),
      int('kv.blocks_free_gpu', 98),
    ],
  };
}

function snapshot(): object {
  return {
    timeUnixNano: '1750000000100001000',
    name: 'step.REQUEST_SNAPSHOT',
    attributes: [
      int('step.id', 1),
      text('request.id', 'cmpl-demo-0-1a2b3c4d'),
      text('request.phase', 'PREFILL'),
      int('request.num_prompt_tokens', 20),
      int('request.scheduled_tokens_this_step', 20),
      int('request.effective_prompt_len', 20),
    ],
  };
}

function journey(type: string, step: number, done: number): object {
  return {
    timeUnixNano: '1750000000100001000',
    name: `journey.${type}`,
    attributes: [
      text('event.type', type),
      int('ts.monotonic_ns', 4_990_000_000 + step * 10_000_000 + done),
      int('scheduler.step', step),
      int('prefill.total_tokens', 20),
      int('decode.done_tokens', done),
      ...(type === 'FINISHED' ? [text('finish.status', 'length')] : []),
    ],
  };
}

const line = (scope: string, span: object): string =>
  JSON.stringify({
    resourceSpans: [
      { resource: { attributes: [] }, scopeSpans: [{ scope: { name: scope }, spans: [span] }] },
    ],
  });

const OTLP = [
  line('vllm.scheduler.step', {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    name: 'scheduler_steps_1',
    events: [summary(1), snapshot(), summary(2), summary(3), summary(5)],
  }),
  line('vllm.scheduler', {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    parentSpanId: '53995c3f42cd8ad8',
    name: 'llm_core',
    attributes: [text('gen_ai.request.id', 'cmpl-demo-0-1a2b3c4d')],
    events: [
      journey('QUEUED', 0, 0),
      journey('SCHEDULED', 1, 0),
      journey('FIRST_TOKEN', 1, 1),
      journey('FINISHED', 5, 5),
    ],
  }),
  line('vllm.api', {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '53995c3f42cd8ad8',
    name: 'llm_request',
    events: [
      {
        timeUnixNano: '1',
        name: 'api.ARRIVED',
        attributes: [attribute('event.ts.monotonic', { doubleValue: 4.98 })],
      },
    ],
  }),
].join('\n');

const distribution = { mean: 0.2, min: 0.1, max: 0.4, median: 0.2, p90: 0.3, p99: 0.39 };

const INFERENCE_PERF_STAGE = JSON.stringify({
  load_summary: {
    count: 3,
    requested_rate: 2,
    achieved_rate: 2,
    schedule_delay: distribution,
    send_duration: 1.5,
  },
  successes: {
    count: 2,
    latency: {
      request_latency: distribution,
      time_to_first_token: distribution,
      time_per_output_token: distribution,
      inter_token_latency: distribution,
    },
    throughput: { requests_per_sec: 2 },
    prompt_len: distribution,
    output_len: distribution,
  },
  failures: { count: 1, request_latency: distribution },
});

const INFERENCE_PERF_REQUESTS = JSON.stringify([
  {
    start_time: 10.5,
    end_time: 11.5,
    request: '{"prompt":"a b c","max_tokens":4}',
    response: 'x',
    info: { input_tokens: 3, output_tokens: 2, output_token_times: [10.8, 10.8, 11.5, 11.5] },
    error: null,
  },
  {
    start_time: 10.6,
    end_time: 12,
    request: '{}',
    info: { input_tokens: 0, output_tokens: 0, output_token_times: [] },
    error: { error_type: 'T', error_msg: 'm' },
  },
]);

const REPLAY = JSON.stringify({
  experiment: '20250101-000000-demo-7b-tp1-codegen',
  model_id: 'example-org/tiny-llm',
  model_short: 'demo-7b',
  profile: 'codegen',
  split: 'train',
  config: {
    tensor_parallelism: 1,
    max_num_seqs: 128,
    max_num_batched_tokens: 2048,
    kv_blocks_total_gpu: 1000,
    block_size: 16,
    num_prefix_groups: 0,
    users_per_group: 0,
    system_prompt_len: 0,
  },
  model_config: {
    num_layers: 4,
    hidden_dim: 256,
    num_heads: 4,
    num_kv_heads: 4,
    intermediate_dim: 512,
    num_local_experts: 0,
    num_experts_per_tok: 0,
    vocab_size: 1000,
  },
  requests: [
    { index: 0, arrival_time_us: 0, input_tokens: 60, output_tokens: 9, prefix_group: '', has_error: false },
    { index: 1, arrival_time_us: 500, input_tokens: 61, output_tokens: 9, prefix_group: '', has_error: true },
  ],
});

const VLLM_BENCH = JSON.stringify({
  date: '20250101-000000',
  endpoint_type: 'openai',
  model_id: 'example-org/tiny-llm',
  tokenizer_id: 'example-org/tiny-llm',
  num_prompts: 2,
  request_rate: 5,
  completed: 2,
  failed: 0,
  mean_ttft_ms: 20.5,
  median_ttft_ms: 20,
  p99_ttft_ms: 22,
  mean_tpot_ms: 9.5,
  mean_e2el_ms: 60,
  input_lens: [10, 11],
  output_lens: [4, 4],
  ttfts: [0.02, 0.021],
  itls: [
    [0.01, 0.01, 0.01],
    [0.01, 0.01, 0.01],
  ],
  start_times: [100.5, 100.7],
  generated_texts: ['a', 'b'],
  errors: ['', ''],
});

const GUIDELLM = JSON.stringify({
  metadata: { version: 1 },
  args: {},
  benchmarks: [
    {
      config: { strategy: { type_: 'constant', rate: 2 } },
      metrics: {
        time_to_first_token_ms: {
          successful: { count: 1, mean: 20, median: 20, percentiles: { p90: 20, p99: 20 } },
        },
        inter_token_latency_ms: {
          successful: { count: 1, mean: 10, median: 10, percentiles: { p90: 10, p99: 10 } },
        },
        request_latency: {
          successful: { count: 1, mean: 0.1, median: 0.1, percentiles: { p90: 0.1, p99: 0.1 } },
        },
        request_totals: { successful: 1, incomplete: 0, errored: 1, total: 2 },
      },
      requests: {
        successful: [
          {
            request_id: 'a',
            request_start_time: 100.1,
            request_end_time: 100.2,
            prompt_tokens: 10,
            output_tokens: 4,
            time_to_first_token_ms: 20,
            request_latency: 0.1,
            inter_token_latency_ms: 10,
          },
        ],
        incomplete: [],
        errored: [{ request_id: 'b', request_start_time: 100.3, request_end_time: null }],
      },
    },
  ],
});

const AIPERF = [0, 1]
  .map((i) =>
    JSON.stringify({
      metadata: {
        session_num: i,
        x_request_id: `r${i}`,
        request_start_ns: 1_750_000_000_000_000_000 + i,
        benchmark_phase: 'profiling',
        was_cancelled: false,
      },
      metrics: {
        time_to_first_token: { value: 20.5, unit: 'ms' },
        request_latency: { value: 60.5, unit: 'ms' },
        input_sequence_length: { value: 10, unit: 'tokens' },
        output_sequence_length: { value: 4, unit: 'tokens' },
      },
      error: i === 0 ? null : { code: 500, message: 'm' },
    }),
  )
  .join('\n');

const LLM_D = `version: "0.1"
scenario:
  model:
    name: example-org/tiny-llm
  metadata:
    load_format: auto
metrics:
  requests:
    total: 10
    failures: 1
    input_length: {units: count, mean: 10}
    output_length: {units: count, mean: 4}
  latency:
    time_to_first_token: {units: ms, mean: 20.5, p50: 20, p90: 25, p99: 30}
    inter_token_latency: {units: ms/token, mean: 9.5}
    request_latency: {units: s, mean: 0.06, p50: 0.05, p90: 0.07, p99: 0.08}
  throughput:
    requests_per_sec: 2
`;

const LLM_SERVING_SIM = [
  '{"request_id":"0","input_toks":10,"output_toks":4,"arrival_time_s":100.5,"queued_ts":7.1,"scheduled_ts":7.2,"first_token_ts":7.3,"last_token_ts":7.6,"finished_ts":7.6}',
  '{"request_id":"1","input_toks":11,"output_toks":4,"arrival_time_s":100.6,"queued_ts":7.2,"scheduled_ts":null,"first_token_ts":null,"last_token_ts":null}',
].join('\n');

const BLIS = `request_id,client_id,tenant_id,slo_class,session_id,round_index,prefix_group,streaming,input_tokens,output_tokens,text_tokens,image_tokens,audio_tokens,video_tokens,reason_ratio,arrival_time_us,send_time_us,first_chunk_time_us,last_chunk_time_us,num_chunks,status,error_message
0,c,t,standard,,0,,true,10,4,10,0,0,0,0,0,10,20000,60000,4,ok,
1,c,t,standard,,0,,true,11,4,11,0,0,0,0,500,510,20500,60500,4,timeout,late
`;

const VLLM_LOG = `INFO 01-01 00:00:00 [core.py:83] Initializing a V1 LLM engine (v0.15.1) with config: model='example-org/tiny-llm', tensor_parallel_size=1, max_seq_len=4096
INFO 01-01 00:00:01 [kv_cache_utils.py:1] GPU KV cache size: 16,000 tokens
INFO 01-01 00:00:01 [scheduler.py:1] Chunked prefill is enabled with max_num_batched_tokens=2048.
INFO 01-01 00:00:02 [core.py:1] Iteration(0): 1 context requests, 20 context tokens, 0 generation requests, 0 generation tokens, iteration elapsed time: 12.50 ms
INFO 01-01 00:00:02 [core.py:1] Iteration(1): 0 context requests, 0 context tokens, 1 generation requests, 1 generation tokens, iteration elapsed time: 8.50 ms
INFO 01-01 00:00:10 [loggers.py:1] Engine 000: Avg prompt throughput: 2.0 tokens/s, Avg generation throughput: 0.4 tokens/s, Running: 0 reqs, Waiting: 0 reqs, GPU KV cache usage: 0.0%, Prefix cache hit rate: 0.0%
`;

const METRICS = `# TYPE vllm:time_to_first_token_seconds histogram
vllm:time_to_first_token_seconds_sum{model_name="tiny"} 2.5
vllm:time_to_first_token_seconds_count{model_name="tiny"} 10
vllm:e2e_request_latency_seconds_sum{model_name="tiny"} 12.5
vllm:e2e_request_latency_seconds_count{model_name="tiny"} 10
vllm:cache_config_info{block_size="16",num_gpu_blocks="1000",enable_prefix_caching="True"} 1
`;

/** Content by format; every one is read as a trace. */
export const FUZZ_INPUTS: Readonly<Record<string, string>> = {
  otlp: OTLP,
  'inference-perf-stage': INFERENCE_PERF_STAGE,
  'inference-perf-requests': INFERENCE_PERF_REQUESTS,
  replay: REPLAY,
  'vllm-bench': VLLM_BENCH,
  guidellm: GUIDELLM,
  aiperf: AIPERF,
  'llm-d': LLM_D,
  'llm-serving-sim': LLM_SERVING_SIM,
  blis: BLIS,
  'vllm-log': VLLM_LOG,
  'vllm-metrics': METRICS,
};
