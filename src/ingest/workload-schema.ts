import * as z from 'zod';
import { insidePath } from './inside-path.js';
import type { Distribution, SyntheticWorkload } from '../trace/experiment.js';

const positive = z.number().positive();
const amount = z.number().nonnegative();
const count = z.int().positive();
const name = z.string().min(1);
const clamp = { min: amount.exactOptional(), max: amount.exactOptional() };

const stages = z.array(z.strictObject({ ratePerS: positive, durationS: positive })).min(1);

const distribution = z.discriminatedUnion('law', [
  z.strictObject({ law: z.literal('constant'), value: amount }),
  z.strictObject({ law: z.literal('uniform'), min: amount, max: amount }),
  z.strictObject({ law: z.literal('normal'), mean: amount, sd: amount, ...clamp }),
  z.strictObject({ law: z.literal('lognormal'), mean: positive, cv: amount, ...clamp }),
  z.strictObject({ law: z.literal('exponential'), mean: positive, ...clamp }),
  z.strictObject({
    law: z.literal('empirical'),
    values: z.array(amount).min(1),
    weights: z.array(amount).exactOptional(),
  }),
]) satisfies z.ZodType<Distribution>;

const gaps = z.discriminatedUnion('law', [
  z.strictObject({ law: z.enum(['constant', 'poisson']) }),
  z.strictObject({ law: z.enum(['gamma', 'weibull']), cv: positive }),
]);

const load = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rate'),
    gaps,
    fillStages: z.boolean(),
    stages,
    stageGapS: amount.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('users'), users: count, sessions: count, thinkTimeS: distribution }),
]);

const synthetic = z.strictObject({
  name,
  kind: z.literal('synthetic'),
  load,
  prompts: z.strictObject({
    sharedPrefix: z.strictObject({ groups: count, tokens: count }).exactOptional(),
    questionTokens: distribution,
    distinct: count.exactOptional(),
  }),
  outputTokens: distribution,
  conversations: z.strictObject({ turns: distribution, thinkTimeS: distribution }).exactOptional(),
  timeoutS: positive.exactOptional(),
}) satisfies z.ZodType<SyntheticWorkload>;

const sharedPrefix = z.strictObject({
  name,
  kind: z.literal('shared-prefix'),
  numGroups: count,
  promptsPerGroup: count,
  systemPromptTokens: z.int().nonnegative(),
  promptTokensMean: positive,
  promptTokensSd: amount,
  outputTokens: count,
  stageGapS: amount,
  stages,
  timeoutS: positive.exactOptional(),
});

const requestTrace = z.strictObject({
  name,
  kind: z.literal('request-trace'),
  /** CSV beside the experiment: arrivedAtUs, promptTokens, outputTokens, promptId, stage. */
  requests: insidePath,
});

/** `workload` of an experiment file; see `src/trace/experiment.ts` and `synthetic-workload.ts` for the fields. */
export const workloadSchema = z.discriminatedUnion('kind', [sharedPrefix, synthetic, requestTrace]);
