import type { SamplingDefaults } from '../trace/model-arch.js';

interface Habit {
  /** Repository ids, with or without owner: quantised re-uploads keep the name. */
  readonly matches: RegExp;
  readonly sampling: Pick<SamplingDefaults, 'topPOrTopK' | 'repetitionPenalty'>;
}

const SORTED = { topPOrTopK: true, repetitionPenalty: 1 };

/** What publishers put into `generation_config.json`, as on https://huggingface.co in 2025; the first match decides. */
const HABITS: readonly Habit[] = [
  // top_p 0.9, base models too
  { matches: /(?<!code)llama-?(?:[23](?:\.\d)?|4)(?![.\d])/iu, sampling: SORTED },
  // top_p 0.8, top_k 20 and a repetition penalty; base models set none
  {
    matches: /qwen(?:2(?:\.5)?-.*instruct|3-coder)/iu,
    sampling: { topPOrTopK: true, repetitionPenalty: 1.05 },
  },
  // top_p 0.95 and top_k 20
  { matches: /qwen3-(?!.*-base)|\bqwq-/iu, sampling: SORTED },
  // top_p 0.95
  { matches: /deepseek-(?:r1|v[23])/iu, sampling: SORTED },
  // top_p 0.95 and top_k 64
  { matches: /gemma-3n?-.*-it\b/iu, sampling: SORTED },
];

/**
 * Sampling defaults of a checkpoint whose `generation_config.json` is not at hand: what its publisher puts into those of the
 * family, else none.
 * @param name Hugging Face repository id, or its last part
 */
export function assumedSampling(name: string): SamplingDefaults {
  const habit = HABITS.find(({ matches }) => matches.test(name));
  return { ...(habit?.sampling ?? { topPOrTopK: false, repetitionPenalty: 1 }), assumed: true };
}
