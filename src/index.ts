/**
 * Trueline as a library, in the order data flows: files become a `Trace` (ingest); a `BasisSet` prices engine steps term
 * by term (basis); measured traces give its coefficients (fit), which are kept with their provenance (coefficients); the
 * engine serves a workload at those prices and gives a `Trace` again (engine); both traces are measured by the same
 * functions (trace) and compared (validate, report). Each folder's own `index.ts` opens with its reading order.
 *
 * Durations are in µs inside and in ms in metrics; names carry units. Everything that refuses an input throws a
 * `TruelineError` with a code. Only `read…` and `ingestPath` touch the disk.
 */
export { renderError, TruelineError, type ErrorCode, type ErrorContext } from './errors.js';

export type { BatchShape } from './trace/batch-shape.js';
export type * from './trace/experiment.js';
export type { GpuSpec } from './trace/gpu-spec.js';
export {
  groupMetrics,
  METRIC_NAMES,
  requestMetrics,
  type GroupMetrics,
  type MetricName,
  type RequestCounts,
  type StageKey,
} from './trace/metrics.js';
export type { ModelArch, MoeArch, SamplingDefaults, WeightBytes } from './trace/model-arch.js';
export { DEFAULT_SERVER, type ServerConfig } from './trace/server-config.js';
export type { PeerPrediction, Suite } from './trace/suite.js';
export { filesToTrace, traceToFiles, type TraceFiles } from './trace/trace-file.js';
export type * from './trace/trace.js';

export * from './ingest/index.js';
export * from './lint/index.js';
export * from './basis/index.js';
export * from './coefficients/index.js';
export * from './fit/index.js';
export * from './engine/index.js';
export * from './validate/index.js';
export * from './report/index.js';
