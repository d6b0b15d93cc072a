/**
 * Files in, typed values out: the only layer that knows other tools' formats. Read `ingest-path.ts` first (what is
 * recognised and in which order), then the importer of the format at hand.
 */
export { readExperiment, renderExperiment, renderRequestTrace } from './experiment-file.js';
export { findRuns, type FoundRuns } from './find-runs.js';
export { ingestPath } from './ingest-path.js';
export { readGpuSheet } from './gpu-sheet.js';
export { readKernelSweep } from './kernel-sweep.js';
export { readModelConfig } from './model-config.js';
export { readSuite } from './suite.js';
export type { RunFacts } from './importer.js';
export type { OnRead } from './read-meter.js';
export { scrapeFacts } from './prometheus.js';
export { tableFromFirstArrival, type RequestRow } from './request-table.js';
export { streamedText } from './streamed-text.js';
export { asNumber, asString, items, member } from './value-guards.js';
