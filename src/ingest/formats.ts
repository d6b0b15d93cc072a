import { experimentConfigImporter } from './experiment-config.js';
import type { DataImporter, FactsImporter } from './importer.js';
import { inferencePerfConfigImporter } from './inference-perf-config.js';
import { inferencePerfReportImporter } from './inference-perf-report.js';
import { inferencePerfRequestsImporter } from './inference-perf-requests.js';
import { otlpImporter } from './otlp.js';
import { replayImporter } from './replay.js';

/** Configuration and logs; what a later one says wins. */
export const FACTS_IMPORTERS: readonly FactsImporter[] = [
  inferencePerfConfigImporter,
  experimentConfigImporter,
];

/** Measurements; where two hold requests (or steps, or stages) the first one's are kept. */
export const DATA_IMPORTERS: readonly DataImporter[] = [
  otlpImporter,
  replayImporter,
  inferencePerfRequestsImporter,
  inferencePerfReportImporter,
];
