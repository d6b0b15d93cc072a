import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TruelineError } from '../../src/errors.js';
import { ingestPath } from '../../src/ingest/index.js';
import { dataFolder } from '../data.js';

const data = dataFolder() ?? '';

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(data, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => relative(join(data, folder), file)).toSorted();
}

/** What becomes of one file: format, requests / steps / stages; or the code it is refused with. */
async function outcomeOf(file: string): Promise<string> {
  try {
    const { meta, requests, steps, stages } = await ingestPath(join(data, file));
    return `${meta.source} ${requests.count}/${steps?.count ?? 0}/${stages?.length ?? 0}`;
  } catch (error) {
    if (error instanceof TruelineError) return error.code;
    throw error;
  }
}

async function outcomes(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const file of await filesIn(folder)) found[file] = await outcomeOf(join(folder, file));
  return found;
}

/** From the sources and the row counts that the samples' own README states. */
const SAMPLES: Readonly<Record<string, string>> = {
  'README.md': 'FORMAT_UNKNOWN',
  'aiconfigurator/collection_meta.yaml': 'NOT_A_RUN',
  'aiconfigurator/h100_sxm_vllm_0.14.0_context_attention_perf.rows.json': 'NOT_A_RUN',
  'aiconfigurator/h100_sxm_vllm_0.14.0_custom_allreduce_perf.parquet': 'NOT_A_RUN',
  'aiconfigurator/h100_sxm_vllm_0.14.0_custom_allreduce_perf.rows.json': 'NOT_A_RUN',
  'aiconfigurator/h100_sxm_vllm_0.14.0_gemm_perf.rows.json': 'NOT_A_RUN',
  'aiconfigurator/h100_sxm_vllm_0.14.0_generation_attention_perf.rows.json': 'NOT_A_RUN',
  'aiconfigurator/h100_sxm_vllm_0.14.0_moe_perf.rows.json': 'NOT_A_RUN',
  'aiperf/profile_export.jsonl': 'aiperf 5/0/0',
  'aiperf/profile_export_aiperf.csv': 'aiperf-aggregate 0/0/1',
  'aiperf/profile_export_aiperf.json': 'aiperf-aggregate 0/0/1',
  'blis/calibration.json': 'blis-calibration 0/0/1',
  'blis/hardware_config.json': 'NOT_A_RUN',
  'blis/itl.csv': 'TRACE_EMPTY',
  'blis/simresults.json': 'blis-results 0/0/1',
  'blis/tracev2-generated.csv': 'blis-trace 6/0/0',
  'blis/tracev2-generated.yaml': 'TRACE_EMPTY',
  'blis/tracev2-legacy22.csv': 'blis-trace 3/0/0',
  'blis/tracev2-legacy22.yaml': 'TRACE_EMPTY',
  'blis/tracev2-real.csv': 'blis-trace 8/0/0',
  'blis/tracev2-real.yaml': 'TRACE_EMPTY',
  'blis/workload-inference-perf-shared-prefix.yaml': 'TRACE_EMPTY',
  'blis/workload-multiturn-chat-demo.yaml': 'TRACE_EMPTY',
  'genai-perf/profile_export.json': 'perf-analyzer 1/0/0',
  'guidellm/guidellm_report_v2.json': 'guidellm 0/0/2',
  'guidellm/synthetic_benchmarks.csv': 'guidellm-csv 0/0/1',
  'guidellm/synthetic_v0.json': 'guidellm 2/0/1',
  'guidellm/synthetic_v2_with_requests.json': 'guidellm 4/0/1',
  'hf-config/Qwen--Qwen3-30B-A3B-FP8_config.json': 'NOT_A_RUN',
  'hf-config/deepseek-ai--DeepSeek-V3_config.json': 'ARCH_UNSUPPORTED',
  'hf-config/meta-llama--Llama-4-Maverick-17B-128E-Instruct_config.json': 'NOT_A_RUN',
  'hf-config/nvidia--DeepSeek-V3.1-NVFP4_hf_quant_config.json': 'NOT_A_RUN',
  'hf-config/openai--gpt-oss-20b_config.json': 'NOT_A_RUN',
  'inference-perf/demo-kubecon-vllm-eagle/stage_0_lifecycle_metrics.json': 'inference-perf 0/0/1',
  'inference-perf/demo-kubecon-vllm/config.yaml': 'TRACE_EMPTY',
  'inference-perf/demo-kubecon-vllm/stage_0_lifecycle_metrics.json': 'inference-perf 0/0/1',
  'inference-perf/demo-kubecon-vllm/stage_0_prometheus_metrics.json': 'inference-perf-prometheus 0/0/1',
  'inference-perf/demo-kubecon-vllm/stage_6_lifecycle_metrics.json': 'inference-perf 0/0/1',
  'inference-perf/demo-kubecon-vllm/summary_lifecycle_metrics.json': 'inference-perf 0/0/1',
  'inference-perf/demo-kubecon-vllm/summary_prometheus_metrics.json': 'inference-perf-prometheus 0/0/1',
  'inference-perf/synthetic-generations/per_request_gen_b.json': 'inference-perf-requests 2/0/0',
  'inference-perf/synthetic-generations/per_request_gen_c.json': 'inference-perf-requests 2/0/0',
  'inference-perf/synthetic-generations/per_request_gen_e.json': 'inference-perf-requests 3/0/0',
  'inference-perf/synthetic-generations/stage_0_lifecycle_metrics_gen_e.json': 'inference-perf 0/0/1',
  'inference-perf/training-llama-2-7b-tp1-codegen/exp-config.yaml': 'TRACE_EMPTY',
  'inference-perf/training-llama-2-7b-tp1-codegen/profile.yaml': 'TRACE_EMPTY',
  'inference-perf/training-llama-2-7b-tp1-codegen/results/config.yaml': 'TRACE_EMPTY',
  'inference-perf/training-llama-2-7b-tp1-codegen/results/stage_0_lifecycle_metrics.json':
    'inference-perf 0/0/1',
  'inference-perf/training-llama-2-7b-tp1-codegen/results/stage_1_lifecycle_metrics.json':
    'inference-perf 0/0/1',
  'inference-perf/training-llama-2-7b-tp1-codegen/results/summary_lifecycle_metrics.json':
    'inference-perf 0/0/1',
  'inference-perf/training-llama-2-7b-tp1-reasoning-failures/exp-config.yaml': 'TRACE_EMPTY',
  'inference-perf/training-llama-2-7b-tp1-reasoning-failures/results/stage_0_lifecycle_metrics.json':
    'inference-perf 0/0/1',
  'inference-perf/training-llama-2-7b-tp1-reasoning-failures/results/summary_lifecycle_metrics.json':
    'inference-perf 0/0/1',
  'kv-events/kv_events_offload.jsonl': 'TRACE_EMPTY',
  'llm-d-benchmark-report/br_v0_1_example.yaml': 'llm-d-report 0/0/1',
  'llm-d-benchmark-report/br_v0_2_1_example.yaml': 'llm-d-report 0/0/1',
  'llm-d-benchmark-report/br_v0_2_example.yaml': 'llm-d-report 0/0/1',
  'llmservingsim-bench/meta.json': 'TRACE_EMPTY',
  'llmservingsim-bench/requests.jsonl': 'llm-serving-sim 4/0/0',
  'llmservingsim-bench/timeseries.csv': 'NOT_A_RUN',
  'otlp/synthetic-experiment/exp-config.yaml': 'TRACE_EMPTY',
  'otlp/synthetic-experiment/expected.json': 'FORMAT_UNKNOWN',
  'otlp/synthetic-experiment/kv_events.jsonl': 'TRACE_EMPTY',
  'otlp/synthetic-experiment/profile.yaml': 'TRACE_EMPTY',
  'otlp/synthetic-experiment/results/per_request_lifecycle_metrics.json': 'inference-perf-requests 11/0/0',
  'otlp/synthetic-experiment/results/stage_0_lifecycle_metrics.json': 'inference-perf 0/0/1',
  'otlp/synthetic-experiment/results/summary_lifecycle_metrics.json': 'inference-perf 0/0/1',
  'otlp/synthetic-experiment/traces.json': 'otlp 12/51/0',
  'otlp/synthetic-experiment/vllm.log': 'vllm-log 0/52/0',
  'replay-data/20260217-155451-llama-2-7b-tp1-codegen.truncated.json': 'replay 400/0/0',
  'replay-data/20260217-155451-llama-2-7b-tp1-codegen_ground_truth.truncated.json': 'TRACE_INVALID',
  'replay-data/20260217-170634-llama-2-7b-tp1-reasoning.excerpt.json': 'replay 200/0/0',
  'replay-data/20260217-170634-llama-2-7b-tp1-reasoning_ground_truth.excerpt.json': 'TRACE_INVALID',
  'vllm-bench/append-result.json': 'vllm-bench 0/0/2',
  'vllm-bench/openai-5.0qps-detailed.json': 'vllm-bench 5/0/1',
  'vllm-bench/sweep-run=0.json': 'vllm-bench 0/0/1',
  'vllm-bench/sweep-summary.json': 'vllm-bench 0/0/2',
  'vllm-log/default-format.log': 'TRACE_EMPTY',
  'vllm-log/metrics.prom': 'vllm-metrics 0/0/1',
};

describe.skipIf(data === '')('every file of the data folders is read, or refused by name', () => {
  it('samples of every format', async () => {
    expect(await outcomes('samples')).toEqual(SAMPLES);
  });

  it('models: configurations belong to experiments, latent attention is refused', async () => {
    const found = Object.entries(await outcomes('models'));
    expect(found.length).toBeGreaterThan(10);
    for (const [file, outcome] of found)
      expect(outcome, file).toBe(file.startsWith('deepseek') ? 'ARCH_UNSUPPORTED' : 'NOT_A_RUN');
  });

  it.each(['kernels', 'public-suite'])('%s: nothing there is a run', async (folder) => {
    const found = Object.values(await outcomes(folder));
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(found)).toEqual(new Set(['NOT_A_RUN']));
  });

  it('step traces', async () => {
    expect(await outcomes('step-traces')).toEqual({
      '20260217-202857-llama-2-70b-tp4-general/traces.json.gz': 'otlp 0/5991/0',
      '20260217-203421-llama-2-70b-hf-tp4-codegen/traces.json.gz': 'otlp 0/6679/0',
      '20260218-150304-codellama-34b-tp2-general/traces.json.gz': 'otlp 0/7440/0',
      'enriched_steps.parquet': 'NOT_A_RUN',
    });
  });

  it('per-request runs: each kind of file comes to the same in every run', async () => {
    const requests = { codegen: 9000, roleplay: 7200, reasoning: 4800, general: 16_800 };
    const found = Object.entries(await outcomes('per-request'));
    expect(found.length).toBeGreaterThan(100);
    for (const [file, outcome] of found) {
      const load = Object.entries(requests).find(([name]) => file.split('/')[0]?.endsWith(name));
      if (file.endsWith('replay.json.gz')) expect(outcome, file).toBe(`replay ${load?.[1]}/0/0`);
      else if (file.endsWith('ground_truth.json.gz')) expect(outcome, file).toBe('TRACE_INVALID');
      else if (file.endsWith('.yaml')) expect(outcome, file).toBe('TRACE_EMPTY');
      else expect(outcome, file).toBe('inference-perf 0/0/1');
    }
  });
});
