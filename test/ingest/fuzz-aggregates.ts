/** Small synthetic recordings beyond those of `fuzz-inputs.ts`; the numbers describe no system. */

const ms = { unit: 'ms', avg: 20.5, p50: 20, p90: 22, p99: 25 };
const AIPERF_AGGREGATE = JSON.stringify({
  request_count: { unit: 'requests', avg: 4 },
  error_request_count: { unit: 'requests', avg: 1 },
  request_latency: { ...ms, unit: 's' },
  time_to_first_token: ms,
  inter_token_latency: ms,
  input_config: { endpoint: { model_names: ['example-org/tiny-llm'] }, loadgen: { request_rate: 2 } },
});

const AIPERF_CSV = `Metric,avg,min,max,p50,p90,p99,std
Request Latency (ms),82.50,81.00,84.00,82.50,83.70,83.97,1.12
Time to First Token (ms),42.00,40.50,43.50,42.00,43.20,43.47,1.12

Metric,Value
Request Count (requests),4.00
Error Request Count (requests),1.00
`;

const GUIDELLM_CSV = `Run Info,Benchmark,Timings,Request Counts,Request Counts,Request Latency,Time to First Token,Time to First Token,Time to First Token,Inter Token Latency
Run ID,Type,Duration,Errored,Total,Successful Sec,Successful ms,Successful ms,Successful ms,Successful ms
,,Sec,,,Mean,Mean,Median,Percentiles,Mean
r0,generative_benchmark,1.7,0,4,0.092,41.0,41.0,"[40, 40, 40, 41, 41, 41, 41, 42, 42, 42, 43]",10.0
`;

const BLIS_RESULTS = JSON.stringify([
  { request_id: 2, ttft_us: 39_020, e2e_us: 88_050, output_tokens: 6, model: 'example-org/tiny-llm' },
  { request_id: 3, ttft_us: 39_030, e2e_us: 88_075, output_tokens: 6 },
]);

const BLIS_METRICS = JSON.stringify({
  instance_id: 'cluster',
  injected_requests: 2,
  completed_requests: 1,
  timed_out_requests: 1,
  ttft_mean_ms: 39.5,
  e2e_p99_ms: 88,
  itl_mean_ms: 9.8,
  requests: [
    {
      requestID: 'r0',
      arrived_at: 0.5,
      num_prefill_tokens: 80,
      num_decode_tokens: 6,
      ttft_ms: 39,
      e2e_ms: 88,
      scheduling_delay_ms: 1,
    },
    { requestID: 'r1', arrived_at: 0.7, num_prefill_tokens: 33, num_decode_tokens: 0, ttft_ms: 0, e2e_ms: 0 },
  ],
});

const real = { real_mean: 41_472, real_p50: 41_814, real_p90: 43_092, real_p99: 43_336 };
const BLIS_CALIBRATION = JSON.stringify({
  trace_info: { num_requests: 8 },
  metrics: { ttft: { workload_level: real }, itl: { workload_level: real } },
  config_match: {},
});

const PERF_ANALYZER = JSON.stringify({
  service_kind: 'openai',
  experiments: [
    {
      experiment: { mode: 'concurrency', value: 1 },
      requests: [
        {
          timestamp: 1_750_000_200_000_000_000,
          request_inputs: { payload: '{"stream": true}' },
          response_timestamps: [1_750_000_200_041_000_000, 1_750_000_200_051_000_000],
          response_outputs: [
            { response: 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n' },
            { response: 'data: [DONE]\n\n' },
          ],
        },
      ],
    },
  ],
});

const INFERENCE_PERF_PROMETHEUS = JSON.stringify({
  load_summary: {},
  successes: {
    count: 9,
    rate: 1.5,
    request_latency: { mean: 2.8, median: 3, p90: 4.6, p99: 4.9 },
    time_to_first_token: { mean: 1.8, median: 2.7, p90: 4.5, p99: 4.9 },
    time_per_output_token: { mean: 0.0129 },
  },
  failures: {},
});

/** Content by format. */
export const FUZZ_AGGREGATES: Readonly<Record<string, string>> = {
  'aiperf-aggregate': AIPERF_AGGREGATE,
  'aiperf-csv': AIPERF_CSV,
  'guidellm-csv': GUIDELLM_CSV,
  'blis-results': BLIS_RESULTS,
  'blis-metrics': BLIS_METRICS,
  'blis-calibration': BLIS_CALIBRATION,
  'perf-analyzer': PERF_ANALYZER,
  'inference-perf-prometheus': INFERENCE_PERF_PROMETHEUS,
};
