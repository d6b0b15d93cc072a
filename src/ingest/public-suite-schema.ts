import * as z from 'zod';
import { isRecord } from '../text/object-keys.js';
import { insidePath } from './inside-path.js';

const count = z.int().positive();

/** A load stage: its rate, and how many tokens each request generated against how many its report counted. */
const stageSchema = z.object({
  rate: z.number().positive(),
  duration: z.number().positive(),
  output_tokens: count,
  reported_mean_output_tokens: z.number().positive().nullish(),
});

/** One entry of `experiments.json`. Keys that are not listed are read by `unknownKeys` and tolerated. */
const publicExperimentSchema = z.object({
  id: z.coerce.string().min(1),
  folder: z.string().nullish(),
  split: z.string().nullish(),
  model: z.string().min(1),
  model_config: insidePath.nullish(),
  hardware: z.string().min(1),
  precision: z.string().nullish(),
  tensor_parallel_size: count,
  max_num_batched_tokens: count,
  max_num_seqs: count,
  gpu_memory_utilization: z.number().positive().max(1).nullish(),
  kv_cpu_offload: z.boolean().nullish(),
  total_kv_blocks: count.nullish(),
  cpu_kv_blocks: z.int().nonnegative().nullish(),
  workload: z.string(),
  shared_prefix: z.object({
    num_groups: count,
    num_prompts_per_group: count,
    system_prompt_len: z.int().nonnegative(),
    question_len: z.int().nonnegative(),
    output_len: count,
  }),
  stages: z.array(stageSchema).min(1),
  mean_prompt_tokens: z.number().positive().nullish(),
  per_request_trace: z.string().nullish(),
});
export type PublicExperiment = z.infer<typeof publicExperimentSchema>;

/** `experiments.json`. */
export const publicExperimentsSchema = z.object({ experiments: z.array(publicExperimentSchema).min(1) });

const keysBeyond = (object: unknown, shape: object, prefix: string): string[] =>
  isRecord(object)
    ? Object.keys(object)
        .filter((key) => !(key in shape))
        .map((key) => prefix + key)
    : [];

/** Keys of the experiments in `experiments.json` (and of their parts) that this reader does not know, as dotted paths. */
export function unknownKeys(document: unknown): string[] {
  const experiments =
    isRecord(document) && Array.isArray(document['experiments']) ? document['experiments'] : [];
  const { shape } = publicExperimentSchema;
  return experiments
    .filter(isRecord)
    .flatMap((experiment) => [
      ...keysBeyond(experiment, shape, ''),
      ...keysBeyond(experiment['shared_prefix'], shape.shared_prefix.shape, 'shared_prefix.'),
      ...(Array.isArray(experiment['stages']) ? experiment['stages'] : []).flatMap((stage) =>
        keysBeyond(stage, stageSchema.shape, 'stages.'),
      ),
    ]);
}
