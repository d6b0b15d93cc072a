import { aiperfImporter } from './aiperf.js';
import { aiperfAggregateImporter } from './aiperf-aggregate.js';
import { blisCalibrationImporter } from './blis-calibration.js';
import { blisMetricsImporter, blisResultsImporter } from './blis-results.js';
import { blisHeaderImporter, blisTraceImporter } from './blis-trace.js';
import { blisWorkloadImporter } from './blis-workload.js';
import { experimentConfigImporter } from './experiment-config.js';
import { guideLlmImporter } from './guidellm.js';
import { guideLlmCsvImporter } from './guidellm-csv.js';
import type { DataImporter, FactsImporter } from './importer.js';
import { inferencePerfConfigImporter } from './inference-perf-config.js';
import { inferencePerfPrometheusImporter } from './inference-perf-prometheus.js';
import { inferencePerfReportImporter } from './inference-perf-report.js';
import { inferencePerfRequestsImporter } from './inference-perf-requests.js';
import { kvEventsImporter } from './kv-events.js';
import { llmDReportImporter } from './llm-d-report.js';
import { llmServingSimImporter, llmServingSimMetaImporter } from './llm-serving-sim.js';
import { otlpImporter } from './otlp.js';
import { perfAnalyzerImporter } from './perf-analyzer.js';
import { prometheusImporter } from './prometheus.js';
import { replayImporter } from './replay.js';
import { vllmBenchImporter } from './vllm-bench.js';
import { vllmBenchCsvImporter } from './vllm-bench-csv.js';
import { vllmIterationsImporter } from './vllm-iterations.js';
import { vllmLogImporter } from './vllm-log.js';

/** Configuration and logs; what a later one says wins. */
export const FACTS_IMPORTERS: readonly FactsImporter[] = [
  blisWorkloadImporter,
  inferencePerfConfigImporter,
  experimentConfigImporter,
  blisHeaderImporter,
  llmServingSimMetaImporter,
  vllmLogImporter,
  kvEventsImporter,
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
  perfAnalyzerImporter,
  llmServingSimImporter,
  blisTraceImporter,
  blisMetricsImporter,
  guideLlmCsvImporter,
  vllmBenchCsvImporter,
  aiperfAggregateImporter,
  llmDReportImporter,
  blisCalibrationImporter,
  blisResultsImporter,
  vllmIterationsImporter,
  inferencePerfPrometheusImporter,
  prometheusImporter,
];
