/**
 * Files in, typed values out: the only layer that knows other tools' formats. Read `ingest-path.ts` first (what is
 * recognised and in which order), then the importer of the format at hand.
 */
export { readExperiment, renderExperiment, renderRequestTrace } from './experiment-file.js';
export { ingestPath } from './ingest-path.js';
export { readGpuSheet } from './gpu-sheet.js';
export { readKernelSweep } from './kernel-sweep.js';
export { readModelConfig } from './model-config.js';
export { readSuite } from './suite.js';
