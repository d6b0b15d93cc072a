import type { LoadStage } from './load-stage.js';

/**
 * How a quantity is distributed. Token counts and turns are drawn as whole numbers of at least 1. `mean`, `sd` and `cv`
 * (standard deviation ÷ mean) are those of the quantity itself, before `min` and `max` clamp it.
 */
export type Distribution =
  | { readonly law: 'constant'; readonly value: number }
  /** Whole numbers: each of `min` … `max` is equally likely. */
  | { readonly law: 'uniform'; readonly min: number; readonly max: number }
  | ({ readonly law: 'normal'; readonly mean: number; readonly sd: number } & Clamp)
  | ({ readonly law: 'lognormal'; readonly mean: number; readonly cv: number } & Clamp)
  | ({ readonly law: 'exponential'; readonly mean: number } & Clamp)
  /** One of `values`, with probability proportional to its weight; all weigh the same without `weights`. */
  | {
      readonly law: 'empirical';
      readonly values: readonly number[];
      readonly weights?: readonly number[];
    };

interface Clamp {
  readonly min?: number;
  readonly max?: number;
}

/**
 * How the gaps between requests are distributed; their mean is 1 ÷ rate. `cv` is the standard deviation of the gaps
 * ÷ their mean: below 1 requests are more regular than Poisson, above 1 they come in bursts. `vllm bench serve`'s
 * `--burstiness b` is `gamma` with cv = 1/√b (vLLM, vllm/benchmarks/serve.py `get_request`).
 */
export type GapLaw =
  | { readonly law: 'constant' }
  | { readonly law: 'poisson' }
  | { readonly law: 'gamma'; readonly cv: number }
  | { readonly law: 'weibull'; readonly cv: number };

/** Open loop: conversations begin at a rate, whatever becomes of those before. */
export interface RateLoad {
  readonly kind: 'rate';
  readonly gaps: GapLaw;
  /**
   * Send ⌊rate · duration⌋ requests in each stage and scale the gaps so that the last one leaves exactly at its end, as
   * inference-perf and `vllm bench serve` do; otherwise a stage sends what its gaps give.
   */
  readonly fillStages: boolean;
  readonly stages: readonly LoadStage[];
  /** Idle time between the last response of a stage and the next stage; without it, stages follow each other at once. */
  readonly stageGapS?: number;
}

/** Closed loop: each user has one request open at a time and thinks before the next. */
export interface UserLoad {
  readonly kind: 'users';
  /** Requests open at once, at most. */
  readonly users: number;
  /** Conversations held in all; each user begins another one when it is through with the last. */
  readonly sessions: number;
  /** Time a user thinks before each conversation, in s. */
  readonly thinkTimeS: Distribution;
}

export interface SyntheticPrompts {
  /** Tokens all prompts of a group begin with; each conversation belongs to a group drawn at random. */
  readonly sharedPrefix?: { readonly groups: number; readonly tokens: number };
  /** Tokens of a prompt after the shared prefix; in later turns of a conversation, tokens of the new question. */
  readonly questionTokens: Distribution;
  /** So many prompts are drawn once and sent round robin; without it, every prompt is new. Not for conversations. */
  readonly distinct?: number;
}

/**
 * Conversations of several turns. The prompt of a turn is the prompt of the turn before, the output to it, and a new
 * question, so a server that still has these in its KV cache computes the question only.
 */
export interface Conversations {
  readonly turns: Distribution;
  /** Time between a response and the next question, in s. */
  readonly thinkTimeS: Distribution;
}

/** Requests drawn from distributions, at a rate or by a number of users. */
export interface SyntheticWorkload {
  readonly kind: 'synthetic';
  readonly load: RateLoad | UserLoad;
  readonly prompts: SyntheticPrompts;
  /** Tokens each request generates (EOS ignored). */
  readonly outputTokens: Distribution;
  /** Single requests when absent. */
  readonly conversations?: Conversations;
  /**
   * Clients abort a request that has not ended so long after they sent it, in s, and go on as after a response; they wait
   * forever when absent.
   */
  readonly timeoutS?: number;
}
