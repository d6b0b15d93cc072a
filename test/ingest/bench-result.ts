/** A result of `vllm bench serve` without single requests, as JSON keeps it. */
export const benchResult = (changed: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  date: '20250615-150640',
  endpoint_type: 'openai',
  model_id: 'example-org/tiny-llm',
  tokenizer_id: 'example-org/tiny-llm',
  num_prompts: 5,
  request_rate: 5,
  failed: 1,
  mean_ttft_ms: 44,
  median_ttft_ms: 42.49999999999999,
  p99_ttft_ms: 51.76,
  mean_tpot_ms: 10.125,
  ...changed,
});

/** The same with single requests. */
export const detailedResult = (changed: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  ...benchResult(),
  num_prompts: 2,
  failed: 0,
  input_lens: [10, 10],
  output_lens: [3, 2],
  ttfts: [0.04, 0.041],
  itls: [[0.01, 0.011], [0.01]],
  start_times: [50, 50.001],
  errors: ['', ''],
  ...changed,
});
