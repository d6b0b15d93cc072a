import { randomStream } from '../../../src/random.js';

/** One request of a synthetic load; durations in seconds. */
export interface SentRequest {
  readonly atS: number;
  readonly ttftS: number;
  readonly failed?: boolean;
  /** What the client's tokeniser makes of the answer; the server generated GENERATED_TOKENS. */
  readonly countedTokens?: number;
}

/** A stage of synthetic load; every option has a sound value. */
export interface SentLoad {
  readonly requests?: number;
  readonly ratePerS?: number;
  readonly startS?: number;
  readonly seed?: number;
  readonly ttftS?: (i: number) => number;
}

const GENERATED_TOKENS = 10;
export const ITL_S = 0.015;

/** Requests with exponential gaps, as load generators send them. */
export function sentRequests({
  requests = 1000,
  ratePerS = 10,
  startS = 0,
  seed = 1,
  ttftS = () => 0.04,
}: SentLoad = {}): SentRequest[] {
  const { uniform: draw, exponential } = randomStream(seed, 'sent requests');
  const gapS = exponential(ratePerS);
  let atS = startS;
  return Array.from({ length: requests }, (_, i) => {
    const sent = { atS, ttftS: ttftS(i) * (0.95 + 0.1 * draw()) };
    atS += gapS();
    return sent;
  });
}

/** inference-perf's per-request report of v0.3 and v0.4: a time per token, then that of `[DONE]`. */
export function perRequestReport(sent: readonly SentRequest[], ignoreEos = true): string {
  const request = (i: number): string =>
    JSON.stringify({ prompt: `synthetic prompt ${i}`, max_tokens: GENERATED_TOKENS, ignore_eos: ignoreEos });
  const records = sent.map(({ atS, ttftS, failed = false, countedTokens = GENERATED_TOKENS }, i) => {
    const times = Array.from({ length: GENERATED_TOKENS }, (_, token) => atS + ttftS + token * ITL_S);
    const endS = times.at(-1)!;
    return {
      start_time: atS,
      end_time: endS,
      request: request(i),
      response: '',
      info: failed
        ? { input_tokens: 0, output_tokens: 0, output_token_times: [], extra_info: {} }
        : {
            input_tokens: 512,
            output_tokens: countedTokens,
            output_token_times: [...times, endS],
            extra_info: {},
          },
      error: failed ? { error_type: 'ServerDisconnectedError', error_msg: '' } : null,
    };
  });
  return JSON.stringify(records);
}

/** inference-perf's report of a stage, of v0.3 and later; times in seconds. */
export const stageReport = ({ secondsIn = 1, sendLagS = 0.0005 } = {}): string =>
  JSON.stringify({
    benchmark_time_seconds: 100,
    load_summary: { count: 1000, requested_rate: 10, schedule_delay: { mean: sendLagS, p99: 2 * sendLagS } },
    successes: {
      count: 1000,
      latency: {
        request_latency: { mean: (0.04 + (GENERATED_TOKENS - 1) * ITL_S) * secondsIn },
        time_to_first_token: { mean: 0.04 * secondsIn },
      },
      output_len: { mean: GENERATED_TOKENS },
    },
    failures: { count: 0 },
  });

/** inference-perf's configuration with stages of load. */
export const loadConfig = (stages: readonly { rate: number; duration: number }[]): string =>
  JSON.stringify({
    load: { type: 'poisson', stages },
    api: { type: 'completion', streaming: true },
    server: { type: 'vllm', model_name: 'example-org/tiny-llm', ignore_eos: true },
  });

/** A detailed result of `vllm bench serve` that reports `tpotMs` for gaps of ITL_S. */
export function benchResult(sent: readonly SentRequest[], tpotMs: number): string {
  const each = <T>(value: (request: SentRequest) => T): T[] => sent.map(value);
  return JSON.stringify({
    endpoint_type: 'openai',
    tokenizer_id: 'example-org/tiny-llm',
    model_id: 'example-org/tiny-llm',
    num_prompts: sent.length,
    failed: 0,
    request_rate: 10,
    mean_ttft_ms: 40,
    mean_tpot_ms: tpotMs,
    mean_e2el_ms: 40 + 1000 * (GENERATED_TOKENS - 1) * ITL_S,
    input_lens: each(() => 512),
    output_lens: each(() => GENERATED_TOKENS),
    ttfts: each(({ ttftS }) => ttftS),
    itls: each(() => Array.from({ length: GENERATED_TOKENS - 1 }, () => ITL_S)),
    start_times: each(({ atS }) => atS),
    errors: each(() => ''),
  });
}

/** A GuideLLM report whose server found so many prompt tokens of each request in its cache. */
export const guideLlmReport = (sent: readonly SentRequest[], cachedTokens: number): string =>
  JSON.stringify({
    benchmarks: [
      {
        config: { strategy: { rate: 10 } },
        metrics: { request_totals: { total: sent.length, errored: 0 } },
        requests: {
          successful: sent.map(({ atS, ttftS }) => ({
            start_time: atS,
            first_token_time: atS + ttftS,
            last_token_time: atS + ttftS + (GENERATED_TOKENS - 1) * ITL_S,
            prompt_tokens: 512,
            output_tokens: GENERATED_TOKENS,
            cached_tokens: cachedTokens,
          })),
        },
      },
    ],
  });
