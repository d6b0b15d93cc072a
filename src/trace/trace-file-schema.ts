import * as z from 'zod';

/** First lines of `trace.json`: what makes a folder a normalised trace. */
export const TRACE_FORMAT = 'trueline-trace';
export const TRACE_VERSION = 1;

const text = z.string();
const number = z.number();

const serverSchema = z.strictObject({
  engineVersion: text.optional(),
  tensorParallelSize: number.optional(),
  dataParallelSize: number.optional(),
  expertParallel: z.boolean().optional(),
  maxNumSeqs: number.optional(),
  maxNumBatchedTokens: number.optional(),
  maxModelLenTokens: number.optional(),
  gpuMemoryUtilizationRatio: number.optional(),
  blockSizeTokens: number.optional(),
  prefixCaching: z.boolean().optional(),
  chunkedPrefill: z.boolean().optional(),
  asyncScheduling: z.boolean().optional(),
  longPrefillTokenThreshold: number.optional(),
  schedulingPolicy: z.enum(['fcfs', 'priority']).optional(),
  totalKvBlocks: number.optional(),
  cpuKvBlocks: number.optional(),
});

const metaSchema = z.strictObject({
  source: text,
  synthetic: z.boolean(),
  clock: z.enum(['client', 'engine', 'simulated']),
  engineVersion: text.optional(),
  model: text.optional(),
  gpu: text.optional(),
  server: serverSchema.optional(),
  workloadName: text.optional(),
  files: z.array(z.strictObject({ path: text, sha256: text })).optional(),
});

const stageSchema = z.strictObject({
  stage: z.union([z.literal('all'), z.int().nonnegative()]),
  requests: number,
  failed: number.optional(),
  requestedRatePerS: number.optional(),
  meanOutputTokens: number.optional(),
  sendLagMeanMs: number.optional(),
  sendLagP99Ms: number.optional(),
  metrics: z.record(z.string(), number),
});

const diagnosticSchema = z.strictObject({
  code: text,
  kind: z.enum(['dropped', 'repaired', 'doubt']),
  count: number,
  message: text,
});

/** `trace.json`: everything of a trace but its columns. */
export const traceJsonSchema = z.strictObject({
  format: z.literal(TRACE_FORMAT),
  version: z.literal(TRACE_VERSION),
  meta: metaSchema,
  stages: z.array(stageSchema).optional(),
  diagnostics: z.array(diagnosticSchema),
});

/** Keys in the order in which `trace.json` holds them. */
export const META_KEYS: readonly string[] = Object.keys(metaSchema.shape);
export const SERVER_KEYS: readonly string[] = Object.keys(serverSchema.shape);
