import * as z from 'zod';
import type { ModelArch } from '../trace/model-arch.js';

const count = z.int().positive();
const bytes = z.number().positive();

const moe = z.strictObject({
  layers: count,
  experts: count,
  expertsPerToken: count,
  expertFfnSize: count,
  sharedExpertFfnSize: z.int().nonnegative(),
});

const arch = {
  name: z.string().min(1),
  family: z.string().min(1),
  layers: count,
  hiddenSize: count,
  queryHeads: count,
  kvHeads: count,
  headDim: count,
  vocabSize: count,
  tiedEmbeddings: z.boolean(),
  ffnSize: z.int().nonnegative(),
  moe: z.exactOptional(moe),
  weightBytes: z.strictObject({
    attention: bytes,
    ffn: bytes,
    experts: bytes,
    sharedExpert: bytes,
    vocabulary: bytes,
  }),
  kvBytes: bytes,
  precision: z.enum(['bf16', 'fp8']),
  maxContextTokens: count,
  attentionSpanTokens: z.exactOptional(count),
  sampling: z.strictObject({ topPOrTopK: z.boolean(), repetitionPenalty: z.number().positive() }),
};

/** `coefficients/models/*.yaml`: an architecture, the names it goes by, and where its facts were published. */
export const modelFileSchema = z
  .strictObject({
    ...arch,
    aliases: z.array(z.string().min(1)),
    source: z.string().min(1),
    notes: z.string().min(1),
  })
  .refine((file) => file.queryHeads % file.kvHeads === 0, 'queryHeads is not a multiple of kvHeads')
  .refine((file) => (file.moe?.layers ?? 0) <= file.layers, 'more MoE layers than layers');

export type ModelFile = z.infer<typeof modelFileSchema>;

/** The architecture alone, as importers return it. */
export function modelArch(file: ModelFile): ModelArch {
  const { aliases: _aliases, source: _source, notes: _notes, ...facts } = file;
  return facts;
}
