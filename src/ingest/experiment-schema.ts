import * as z from 'zod';
import type { MetricName } from '../trace/metrics.js';
import { insidePath } from './inside-path.js';
import { workloadSchema } from './workload-schema.js';

const positive = z.number().positive();
const count = z.int().positive();
const name = z.string().min(1);

/** Server options an experiment may set; what it leaves out is vLLM v0.15.1's default (`DEFAULT_SERVER`). */
const serverSchema = z.strictObject({
  engineVersion: name.optional(),
  tensorParallelSize: count.optional(),
  dataParallelSize: count.optional(),
  expertParallel: z.boolean().optional(),
  maxNumSeqs: count.optional(),
  maxNumBatchedTokens: count.optional(),
  maxModelLenTokens: count.optional(),
  gpuMemoryUtilizationRatio: positive.max(1).optional(),
  blockSizeTokens: count.optional(),
  prefixCaching: z.boolean().optional(),
  chunkedPrefill: z.boolean().optional(),
  asyncScheduling: z.boolean().optional(),
  longPrefillTokenThreshold: z.int().nonnegative().optional(),
  schedulingPolicy: z.enum(['fcfs', 'priority']).optional(),
  totalKvBlocks: count.optional(),
  cpuKvBlocks: z.int().nonnegative().optional(),
});

const figure = positive.optional();
const metricShape = {
  ttftMeanMs: figure,
  ttftP50Ms: figure,
  ttftP90Ms: figure,
  ttftP99Ms: figure,
  itlMeanMs: figure,
  e2eMeanMs: figure,
  e2eP50Ms: figure,
  e2eP90Ms: figure,
  e2eP99Ms: figure,
} satisfies Record<MetricName, z.ZodType>;

/** `experiments/<id>.yaml` of a Trueline suite. */
export const experimentSchema = z.strictObject({
  id: name,
  title: name,
  split: z.enum(['train', 'test']),
  model: name,
  /** `config.json` of the model, relative to the suite folder, where the shipped catalogue lacks it. */
  modelConfig: insidePath.optional(),
  gpu: name,
  source: name,
  server: serverSchema,
  workload: workloadSchema,
  measured: z.array(
    z.strictObject({ stage: z.union([z.literal('all'), z.int().nonnegative()]), ...metricShape }),
  ),
});
export type ExperimentFile = z.infer<typeof experimentSchema>;

/** `suite.yaml`. */
export const suiteSchema = z.strictObject({ name, description: name, source: name });
