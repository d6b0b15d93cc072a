import type { SyntheticWorkload } from '../../trace/experiment.js';

/** What is asked of a server, whatever the load: the lengths of a published workload. */
export interface WorkloadPreset extends Pick<SyntheticWorkload, 'prompts' | 'outputTokens'> {
  readonly description: string;
  /** Where the lengths are published. */
  readonly source: string;
}

const TRAINING = 'inference-sim/training@c4f0340, exp-config.yaml and request logs of the workload';

/**
 * A profile of inference-sim/training: ten system prompts, and questions whose length spreads by the 7 tokens that
 * random text gains or loses when it is tokenised again. Every question is new; the published runs sent 100 in turn.
 */
function trainingProfile(
  profile: string,
  prefixTokens: number,
  promptTokensMean: number,
  outputTokens: number,
): Omit<WorkloadPreset, 'description'> {
  return {
    source: `${TRAINING} \`${profile}\``,
    prompts: {
      sharedPrefix: { groups: 10, tokens: prefixTokens },
      questionTokens: { law: 'normal', mean: promptTokensMean - prefixTokens, sd: 7 },
    },
    outputTokens: { law: 'constant', value: outputTokens },
  };
}

/** Published workloads by name. */
export const WORKLOAD_PRESETS = {
  chatbot: { description: 'general chat', ...trainingProfile('general', 100, 573, 248) },
  code: { description: 'code generation', ...trainingProfile('codegen', 100, 592, 247) },
  reasoning: { description: 'long chains of thought', ...trainingProfile('reasoning', 100, 1081, 1448) },
  roleplay: {
    description: 'role play with a longer system prompt',
    ...trainingProfile('roleplay', 150, 786, 251),
  },
  /** Means are published and no spread, so every request has the mean length. */
  summarisation: {
    description: 'news articles to a few sentences',
    source:
      'CNN/DailyMail: 781 and 56 word tokens on average (See, Liu and Manning 2017, arXiv:1704.04368, section 4)',
    prompts: { questionTokens: { law: 'constant', value: 781 } },
    outputTokens: { law: 'constant', value: 56 },
  },
} as const satisfies Readonly<Record<string, WorkloadPreset>>;

export type WorkloadPresetName = keyof typeof WORKLOAD_PRESETS;
