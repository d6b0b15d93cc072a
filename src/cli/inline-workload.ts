import type { SharedPrefixWorkload } from '../trace/experiment.js';

/** A constant-rate load as the command line describes it. */
export interface InlineLoad {
  readonly rate: number;
  readonly duration: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Prompts are sent round robin, so a small number makes prefix-cache hits; every prompt is new when absent. */
  readonly distinctPrompts?: number;
}

/** One stage of randomly spaced requests without common prefixes. */
export function inlineWorkload(load: InlineLoad): SharedPrefixWorkload {
  const { rate: ratePerS, duration: durationS, promptTokens, outputTokens, distinctPrompts } = load;
  return {
    kind: 'shared-prefix',
    numGroups: 1,
    promptsPerGroup: distinctPrompts ?? Math.max(1, Math.ceil(ratePerS * durationS)),
    systemPromptTokens: 0,
    promptTokensMean: promptTokens,
    promptTokensSd: 0,
    outputTokens,
    stages: [{ ratePerS, durationS }],
    stageGapS: 0,
  };
}
