import { simulate } from '../../../src/engine/index.js';
import { renderOtlp } from '../../../src/report/index.js';
import { affineLatency, H100, LLAMA_8B, server, table } from '../../engine/setup.js';

/** `exp-config.yaml` of the synthetic server. */
export const SERVER_CONFIG =
  'model: example-org/tiny-llm\ntensor_parallelism: 1\nmax_model_len: 4096\nmax_num_batched_tokens: 2048\nmax_num_seqs: 128\napp: none\n';

const STARTUP = [
  "INFO core.py: Initializing a V1 LLM engine (v0.15.1) with config: model='example-org/tiny-llm', tensor_parallel_size=1",
  'INFO kv_cache_utils.py: GPU KV cache size: 160,000 tokens',
];

/** A vLLM log: its start, and optionally decode iterations that are said to have taken so long. */
export function serverLog(iterations = 0, elapsedMs = 15): string {
  const lines = Array.from(
    { length: iterations },
    (_, i) =>
      `INFO core.py: Iteration(${i}): 0 context requests, 0 context tokens, 8 generation requests, 8 generation tokens, ` +
      `iteration elapsed time: ${elapsedMs.toFixed(2)} ms`,
  );
  return `${[...STARTUP, ...lines].join('\n')}\n`;
}

const attribute = (key: string, value: number | string) => ({ key, value: { intValue: String(value) } });

/** vLLM's step tracing of decode steps that start every 15 ms; `isKept` says which of them were sampled. */
export function stepTrace(count: number, isKept: (id: number) => boolean = () => true): string {
  const ids = Array.from({ length: count }, (_, i) => i + 1).filter(isKept);
  const events = ids.map((id) => ({
    timeUnixNano: String(id * 15_000_000),
    name: 'step.BATCH_SUMMARY',
    attributes: [
      attribute('step.id', id),
      attribute('step.ts_start_ns', id * 15_000_000),
      attribute('step.duration_us', 400),
      attribute('queue.running_depth', 8),
      attribute('queue.waiting_depth', 0),
      attribute('batch.num_prefill_reqs', 0),
      attribute('batch.num_decode_reqs', 8),
      attribute('batch.scheduled_tokens', 8),
      attribute('batch.prefill_tokens', 0),
      attribute('batch.decode_tokens', 8),
      attribute('batch.num_finished', 0),
      attribute('kv.blocks_total_gpu', 9999),
      attribute('kv.blocks_free_gpu', 9000),
    ],
  }));
  const span = { name: 'scheduler_steps', events };
  const scopeSpans = [{ scope: { name: 'vllm.scheduler.step' }, spans: [span] }];
  return `${JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans }] })}\n`;
}

/** Journeys and steps that our own engine traced of 200 requests; without the spans of the API server when so asked. */
export function journeyTrace(hasApiSpans: boolean): string {
  const rows = Array.from({ length: 200 }, (_, i) => ({ at: i * 50_000, prompt: 100, output: 10 }));
  const { trace } = simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: server({ totalKvBlocks: 10_000 }),
    requests: table(rows),
    latency: affineLatency({ stepUs: 5000, prefillTokenUs: 10, decodeUs: 10, contextTokenUs: 0 }),
    recordSteps: true,
  });
  const lines = [...renderOtlp(trace)].filter((line) => hasApiSpans || !line.includes('"vllm.api"'));
  return `${lines.join('\n')}\n`;
}
