import * as z from 'zod';

const count = z.int().nonnegative();

/** What was sent, and to which server. */
export const replaySchema = z.object({
  experiment: z.string(),
  model_id: z.string(),
  profile: z.string(),
  config: z.object({
    tensor_parallelism: count,
    max_num_seqs: count,
    max_num_batched_tokens: count,
    kv_blocks_total_gpu: count,
    block_size: count,
  }),
  requests: z.array(
    z.object({
      index: count,
      arrival_time_us: z.number(),
      input_tokens: count,
      output_tokens: count,
      has_error: z.boolean(),
    }),
  ),
});
export type Replay = z.infer<typeof replaySchema>;
export type ReplayRequest = Replay['requests'][number];

/** What the client measured, by index of the request; seconds. */
export const truthSchema = z.array(
  z.object({
    index: count,
    has_error: z.boolean(),
    e2e_s: z.number().nullish(),
    ttft_s: z.number().nullish(),
  }),
);
export type Truth = z.infer<typeof truthSchema>[number];
