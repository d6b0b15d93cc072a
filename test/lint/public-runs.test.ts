import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import { lintTrace } from '../../src/lint/index.js';
import { dataFolder } from '../data.js';

const data = dataFolder();

/** Path, source, requests, engine steps and reported stages read, and what is found (notes left out), of every public run. */
const RUNS: readonly [path: string, read: string, findings: readonly string[]][] = [
  [
    'per-request/20260217-155451-llama-2-7b-tp1-codegen',
    'replay 9000 0 3',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260217-162547-llama-2-7b-tp1-roleplay',
    'replay 7200 0 2',
    ['warning server-facts-missing run'],
  ],
  [
    'per-request/20260217-170634-llama-2-7b-tp1-reasoning',
    'replay 4800 0 2',
    ['error saturated stage 0', 'error failed-requests stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260217-202857-llama-2-70b-tp4-general',
    'replay 16800 0 3',
    ['warning saturated stage 1', 'warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260217-203421-llama-2-70b-hf-tp4-codegen',
    'replay 9000 0 3',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260217-231439-llama-2-7b-tp1-general',
    'replay 16800 0 3',
    ['warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-065057-llama-2-70b-hf-tp4-reasoning',
    'replay 4800 0 2',
    ['error saturated stage 0', 'error failed-requests stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-084319-llama-2-70b-tp4-roleplay',
    'replay 7200 0 2',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-120914-mixtral-8x7b-v0-1-tp2-codegen',
    'replay 9000 0 3',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-130541-mixtral-8x7b-v0-1-tp2-general',
    'replay 16800 0 3',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-135247-mixtral-8x7b-v0-1-tp2-reasoning',
    'replay 4800 0 2',
    ['error saturated stage 0', 'error failed-requests stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-141024-mixtral-8x7b-v0-1-tp2-roleplay',
    'replay 7200 0 2',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-150304-codellama-34b-tp2-general',
    'replay 16800 0 3',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-150956-codellama-34b-tp2-codegen',
    'replay 9000 0 3',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-155500-codellama-34b-tp2-roleplay',
    'replay 7200 0 2',
    ['warning warm-up-outliers stage 0', 'warning server-facts-missing run'],
  ],
  [
    'per-request/20260218-160939-codellama-34b-tp2-reasoning',
    'replay 4800 0 2',
    ['error saturated stage 0', 'warning server-facts-missing run'],
  ],
  [
    'step-traces/20260217-202857-llama-2-70b-tp4-general',
    'otlp 0 5991 0',
    ['warning saturated steps', 'warning prefix-hits-undeclared run', 'warning server-facts-missing run'],
  ],
  [
    'step-traces/20260217-203421-llama-2-70b-hf-tp4-codegen',
    'otlp 0 6679 0',
    ['warning prefix-hits-undeclared run', 'warning server-facts-missing run'],
  ],
  [
    'step-traces/20260218-150304-codellama-34b-tp2-general',
    'otlp 0 7440 0',
    ['warning prefix-hits-undeclared run', 'warning server-facts-missing run'],
  ],
  [
    'samples/aiperf/profile_export.jsonl',
    'aiperf 5 0 0',
    [
      'error failed-requests stage 0',
      'warning output-lengths-retokenised run',
      'warning server-facts-missing run',
      'warning too-few-requests stage 0',
    ],
  ],
  [
    'samples/blis/tracev2-generated.csv',
    'blis-trace 6 0 0',
    ['warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/blis/tracev2-legacy22.csv',
    'blis-trace 3 0 0',
    ['error failed-requests stage 0', 'warning server-facts-missing run'],
  ],
  [
    'samples/blis/tracev2-real.csv',
    'blis-trace 8 0 0',
    ['error failed-requests stage 0', 'warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/guidellm/guidellm_report_v2.json',
    'guidellm 0 0 2',
    [
      'warning server-facts-missing run',
      'warning too-few-requests stage 0',
      'warning too-few-requests stage 1',
    ],
  ],
  [
    'samples/guidellm/synthetic_v0.json',
    'guidellm 2 0 1',
    ['warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/guidellm/synthetic_v2_with_requests.json',
    'guidellm 4 0 1',
    ['warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/inference-perf/demo-kubecon-vllm',
    'inference-perf 0 0 3',
    [
      'error saturated stage 6',
      'error client-send-lag stage 6',
      'warning server-facts-missing run',
      'warning too-few-requests stage 0',
    ],
  ],
  [
    'samples/inference-perf/demo-kubecon-vllm-eagle',
    'inference-perf 0 0 1',
    [
      'warning token-events-doubled run',
      'warning output-lengths-retokenised run',
      'warning server-facts-missing run',
      'warning too-few-requests stage 0',
    ],
  ],
  [
    'samples/inference-perf/training-llama-2-7b-tp1-codegen',
    'inference-perf 0 0 3',
    ['warning server-facts-missing run'],
  ],
  [
    'samples/inference-perf/training-llama-2-7b-tp1-reasoning-failures',
    'inference-perf 0 0 2',
    [
      'error saturated stage 0',
      'error failed-requests stage 0',
      'warning token-events-doubled run',
      'warning output-lengths-retokenised run',
      'warning server-facts-missing run',
    ],
  ],
  [
    'samples/inference-perf/synthetic-generations/per_request_gen_b.json',
    'inference-perf-requests 2 0 0',
    ['warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/inference-perf/synthetic-generations/per_request_gen_c.json',
    'inference-perf-requests 2 0 0',
    ['warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/inference-perf/synthetic-generations/per_request_gen_e.json',
    'inference-perf-requests 3 0 0',
    ['error failed-requests stage 0', 'warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/inference-perf/synthetic-generations/stage_0_lifecycle_metrics_gen_e.json',
    'inference-perf 0 0 1',
    [
      'error failed-requests stage 0',
      'warning token-events-doubled run',
      'warning output-lengths-retokenised run',
      'warning server-facts-missing run',
      'warning too-few-requests stage 0',
    ],
  ],
  [
    'samples/llm-d-benchmark-report/br_v0_1_example.yaml',
    'llm-d-report 0 0 1',
    ['warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/llm-d-benchmark-report/br_v0_2_1_example.yaml',
    'llm-d-report 0 0 1',
    ['warning server-facts-missing run'],
  ],
  [
    'samples/llm-d-benchmark-report/br_v0_2_example.yaml',
    'llm-d-report 0 0 1',
    ['warning server-facts-missing run'],
  ],
  ['samples/llmservingsim-bench', 'llm-serving-sim 4 0 0', ['warning too-few-requests stage 0']],
  [
    'samples/otlp/synthetic-experiment',
    'otlp 12 51 2',
    [
      'error saturated steps',
      'warning token-events-doubled run',
      'warning saturated stage 0',
      'warning prefix-hits-undeclared run',
      'warning server-facts-missing run',
      'warning too-few-requests stage 0',
    ],
  ],
  [
    'samples/replay-data/20260217-155451-llama-2-7b-tp1-codegen.truncated.json',
    'replay 400 0 0',
    [
      'error failed-requests stage 0',
      'warning output-lengths-retokenised run',
      'warning server-facts-missing run',
    ],
  ],
  [
    'samples/replay-data/20260217-170634-llama-2-7b-tp1-reasoning.excerpt.json',
    'replay 200 0 0',
    [
      'error failed-requests stage 0',
      'error failed-requests stage 0',
      'warning output-lengths-retokenised run',
      'warning server-facts-missing run',
    ],
  ],
  [
    'samples/vllm-bench/append-result.json',
    'vllm-bench 0 0 2',
    [
      'error failed-requests stage 0',
      'error failed-requests stage 1',
      'warning server-facts-missing run',
      'warning too-few-requests stage 0',
      'warning too-few-requests stage 1',
    ],
  ],
  [
    'samples/vllm-bench/openai-5.0qps-detailed.json',
    'vllm-bench 5 0 1',
    ['error failed-requests stage 0', 'warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/vllm-bench/sweep-run=0.json',
    'vllm-bench 0 0 1',
    ['error failed-requests stage 0', 'warning server-facts-missing run', 'warning too-few-requests stage 0'],
  ],
  [
    'samples/vllm-bench/sweep-summary.json',
    'vllm-bench 0 0 2',
    [
      'error failed-requests stage 0',
      'error failed-requests stage 1',
      'warning server-facts-missing run',
      'warning too-few-requests stage 0',
      'warning too-few-requests stage 1',
    ],
  ],
  ['samples/vllm-log/metrics.prom', 'vllm-metrics 0 0 1', ['warning server-facts-missing run']],
];

const describeRead = ({ source, requests, steps, stages }: Record<string, unknown>): string =>
  `${String(source)} ${String(requests)} ${String(steps)} ${String(stages)}`;

describe.skipIf(data === undefined)('findings in public runs', () => {
  it.each(RUNS)('%s', async (path, read, findings) => {
    const trace = await ingestPath(join(data ?? '', path));
    const { requests, steps, stages, meta } = trace;
    const counts = { source: meta.source, requests: requests.count, steps: steps?.count ?? 0 };
    expect(describeRead({ ...counts, stages: stages?.length ?? 0 })).toBe(read);
    const serious = lintTrace(trace).findings.filter(({ severity }) => severity !== 'note');
    expect(serious.map(({ severity, rule, where }) => `${severity} ${rule} ${where}`)).toEqual(findings);
  });
});
