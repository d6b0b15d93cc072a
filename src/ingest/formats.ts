import { aiperfImporter } from './aiperf.js';
import { blisHeaderImporter, blisTraceImporter } from './blis-trace.js';
import { experimentConfigImporter } from './experiment-config.js';
import { guideLlmImporter } from './guidellm.js';
import type { DataImporter, FactsImporter } from './importer.js';
import { inferencePerfConfigImporter } from './inference-perf-config.js';
import { inferencePerfReportImporter } from './inference-perf-report.js';
import { inferencePerfRequestsImporter } from './inference-perf-requests.js';
import { llmDReportImporter } from './llm-d-report.js';
import { llmServingSimImporter, llmServingSimMetaImporter } from './llm-serving-sim.js';
import { otlpImporter } from './otlp.js';
import { prometheusImporter } from './prometheus.js';
import { replayImporter } from './replay.js';
import { vllmBenchImporter } from './vllm-bench.js';
import { vllmIterationsImporter } from './vllm-iterations.js';
import { vllmLogImporter } from './vllm-log.js';

/** Configuration and logs; what a later one says wins. */
export const FACTS_IMPORTERS: readonly FactsImporter[] = [
  inferencePerfConfigImporter,
  experimentConfigImporter,
  blisHeaderImporter,
  llmServingSimMetaImporter,
  vllmLogImporter,
];

/** Measurements; where two hold requests (or steps, or stages) the first one's are kept. */
export const DATA_IMPORTERS: readonly DataImporter[] = [
  otlpImporter,
  replayImporter,
  inferencePerfRequestsImporter,
  inferencePerfReportImporter,
  vllmBenchImporter,
  guideLlmImporter,
  aiperfImporter,
  llmServingSimImporter,
  blisTraceImporter,
  llmDReportImporter,
  vllmIterationsImporter,
  prometheusImporter,
];
