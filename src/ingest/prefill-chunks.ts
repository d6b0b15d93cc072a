import type { JourneySegments } from './journey-segments.js';
import { ascendingOrder, bytes, doubles, integers } from './number-column.js';

/** What `step.REQUEST_SNAPSHOT` events say: tokens scheduled by step and request, and prefix-cache hits by request. */
export interface Snapshots {
  /** Key: `chunkKey(step, request id)`. */
  readonly scheduledTokens: ReadonlyMap<string, number>;
  /** Prompt tokens found in the prefix cache at first admission, by request id. */
  readonly cachedTokens: ReadonlyMap<string, number>;
}

export const chunkKey = (step: number, requestId: string): string => `${step}/${requestId}`;

/** More chunks than any run has: journeys that claim them are damaged, and would fill the memory. */
const MAX_CHUNKS = 1 << 25;

const FIRST = 1;
const LAST = 2;
const RECOMPUTE = 4;
const ASSUMED = 8;

/** What is asked of each step while chunks are settled. */
export interface StepTotals {
  /** Prefill tokens of a recorded step; undefined for a step that was not recorded. */
  readonly recorded: (step: number) => number | undefined;
  /** Tokens a step can still take beside its decodes. */
  readonly room: (step: number) => number;
  /** Whether a prefill may find its prompt in the cache; if not, it computes all of it. */
  readonly prefixCaching: boolean;
}

/** How chunks came by their tokens. */
export interface Settled {
  /** Recorded steps whose tokens were shared evenly between requests. */
  readonly sharedOut: number;
  /** Prefills in unrecorded steps that were taken as computed in full, without prefix-cache hits. */
  readonly assumedUncached: number;
}

/** Share `i` of `count` even shares in whole tokens; together they are the total. */
const wholeShare = (total: number, count: number, i: number): number =>
  Math.floor((total * (i + 1)) / count) - Math.floor((total * i) / count);

/**
 * Every prefill chunk of a run: one request in one step, in columns. Chunks of a prefill stand one after the other.
 * `tokens` (computed in the step) and `contextTokens` (in the cache after it) are NaN until settled.
 */
export class PrefillChunks {
  readonly #step = integers();
  readonly #journey = integers();
  readonly #targetTokens = integers();
  readonly #flags = bytes();
  readonly #tokens = doubles();
  readonly #contextTokens = doubles();
  /** First chunk of each journey that has any. */
  readonly #firstOf = integers();
  #order: Int32Array | undefined;

  get length(): number {
    return this.#step.length;
  }

  /** Takes the next journey; false when its chunks are more than a run can have: they are not kept then. */
  add({ segments }: JourneySegments): boolean {
    const journey = this.#firstOf.length;
    this.#firstOf.push(segments[0]?.prefill === undefined ? -1 : this.length);
    for (const { prefill } of segments) {
      if (prefill === undefined) continue;
      const { firstStep, lastStep, targetTokens, isRecompute } = prefill;
      if (this.length + lastStep - firstStep >= MAX_CHUNKS) return false;
      for (let step = firstStep; step <= lastStep; step += 1) {
        this.#step.push(step);
        this.#journey.push(journey);
        this.#targetTokens.push(targetTokens);
        this.#tokens.push(Number.NaN);
        this.#contextTokens.push(Number.NaN);
        this.#flags.push(
          (step === firstStep ? FIRST : 0) + (step === lastStep ? LAST : 0) + (isRecompute ? RECOMPUTE : 0),
        );
      }
    }
    return true;
  }

  step = (chunk: number): number => this.#step.at(chunk);
  journey = (chunk: number): number => this.#journey.at(chunk);
  targetTokens = (chunk: number): number => this.#targetTokens.at(chunk);
  tokens = (chunk: number): number => this.#tokens.at(chunk);
  contextTokens = (chunk: number): number => this.#contextTokens.at(chunk);
  isFirst = (chunk: number): boolean => (this.#flags.at(chunk) & FIRST) !== 0;
  isRecompute = (chunk: number): boolean => (this.#flags.at(chunk) & RECOMPUTE) !== 0;

  /** Prompt tokens a journey found in the cache at first admission; undefined when its chunks are not all known. */
  cachedTokens(journey: number): number | undefined {
    const first = this.#firstOf.at(journey);
    if (!(first >= 0) || first >= this.length) return undefined;
    for (let chunk = first; ; chunk += 1) {
      const flags = this.#flags.at(chunk);
      if ((flags & ASSUMED) !== 0) return undefined;
      if ((flags & LAST) !== 0) break;
    }
    const cached = this.contextTokens(first) - this.tokens(first);
    return Number.isInteger(cached) && cached >= 0 ? cached : undefined;
  }

  /** Visits the chunks of each step, steps ascending. */
  *bySteps(): Generator<{ readonly step: number; readonly chunks: readonly number[] }> {
    this.#order ??= ascendingOrder(this.#step) ?? Int32Array.from({ length: this.length }, (_, i) => i);
    let chunks: number[] = [];
    for (const chunk of this.#order) {
      const [first] = chunks;
      if (first !== undefined && this.step(first) !== this.step(chunk)) {
        yield { step: this.step(first), chunks };
        chunks = [];
      }
      chunks.push(chunk);
    }
    const [first] = chunks;
    if (first !== undefined) yield { step: this.step(first), chunks };
  }

  /**
   * Fills in tokens and contexts: from snapshots, from the progress of a prefill, from the totals of recorded steps, and
   * where a step was not recorded from vLLM's rule that a prefill takes all the room there is until it is done
   * (v0.15.1, v1/core/sched/scheduler.py `schedule`).
   * @param requestId of a journey
   */
  settle(requestId: (journey: number) => string, snapshots: Snapshots, totals: StepTotals): Settled {
    let [sharedOut, assumedUncached] = [0, 0];
    for (const { step, chunks } of this.bySteps()) {
      for (const chunk of chunks)
        this.#tokens.set(chunk, this.#known(chunk, requestId(this.journey(chunk)), snapshots, totals));
      const recorded = totals.recorded(step);
      if (recorded === undefined) assumedUncached += this.#settleByRule(chunks, totals.room(step));
      else if (!this.#settleByTotal(chunks, recorded)) sharedOut += 1;
      for (const chunk of chunks)
        this.#contextTokens.set(chunk, this.#computedBefore(chunk) + this.tokens(chunk));
    }
    this.#settleContexts();
    return { sharedOut, assumedUncached };
  }

  /** Tokens of a chunk that a snapshot or the rest of its prefill tells; NaN when neither does. */
  #known(chunk: number, requestId: string, snapshots: Snapshots, { prefixCaching }: StepTotals): number {
    const scheduled = snapshots.scheduledTokens.get(chunkKey(this.step(chunk), requestId));
    if (scheduled !== undefined) return scheduled;
    if (!this.#isLast(chunk) || (this.isRecompute(chunk) && prefixCaching)) return Number.NaN;
    const cached = prefixCaching ? snapshots.cachedTokens.get(requestId) : 0;
    const tokens = this.#missing(chunk) - (cached ?? Number.NaN);
    return tokens >= 1 ? tokens : Number.NaN;
  }

  #isLast(chunk: number): boolean {
    return (this.#flags.at(chunk) & LAST) !== 0;
  }

  /** Tokens computed before a chunk by its own prefill. */
  #computedBefore(chunk: number): number {
    return this.isFirst(chunk) ? 0 : this.contextTokens(chunk - 1);
  }

  /** Tokens from a chunk to the end of its prefill, had nothing been found in the cache. */
  #missing(chunk: number): number {
    return this.targetTokens(chunk) - this.#computedBefore(chunk);
  }

  #assume(chunk: number, tokens: number): void {
    this.#tokens.set(chunk, tokens);
    this.#flags.set(chunk, this.#flags.at(chunk) | ASSUMED);
  }

  /**
   * What remains of a recorded total goes to the one chunk that is not known. Of several, those that complete their
   * prefill are taken as computed in full if that leaves exactly what the others need; else what remains is shared out, in whole tokens.
   * @returns false when it was shared out
   */
  #settleByTotal(chunks: readonly number[], prefillTokens: number): boolean {
    const unknown = chunks.filter((chunk) => Number.isNaN(this.tokens(chunk)));
    const rest = prefillTokens - sum(chunks.filter((chunk) => !unknown.includes(chunk)).map(this.tokens));
    const [only] = unknown;
    if (only === undefined) return rest === 0;
    if (unknown.length === 1) {
      this.#tokens.set(only, rest);
      return true;
    }
    const partial = unknown.filter((chunk) => !this.#isLast(chunk));
    const complete = unknown.filter((chunk) => this.#isLast(chunk));
    const left = rest - sum(complete.map((chunk) => this.#missing(chunk)));
    const [taker] = partial;
    if (taker === undefined ? left === 0 : partial.length === 1 && left >= 1) {
      for (const chunk of complete) this.#tokens.set(chunk, this.#missing(chunk));
      if (taker !== undefined) this.#assume(taker, left);
      return true;
    }
    unknown.forEach((chunk, i) => this.#assume(chunk, wholeShare(rest, unknown.length, i)));
    return false;
  }

  /** Returns how many prefills had to be taken as computed in full. */
  #settleByRule(chunks: readonly number[], room: number): number {
    let [rest, assumed] = [room, 0];
    for (const chunk of chunks) {
      if (Number.isNaN(this.tokens(chunk))) {
        const missing = this.#missing(chunk);
        const isLast = this.#isLast(chunk);
        this.#assume(chunk, Math.max(1, isLast ? missing : Math.min(rest, missing - 1)));
        if (isLast) assumed += 1;
      }
      rest -= this.tokens(chunk);
    }
    return assumed;
  }

  /** Backwards from the end of each prefill, where the context is the whole target. */
  #settleContexts(): void {
    let after = Number.NaN;
    for (let chunk = this.length - 1; chunk >= 0; chunk -= 1) {
      if ((this.#flags.at(chunk) & LAST) !== 0) after = this.targetTokens(chunk);
      this.#contextTokens.set(chunk, after);
      after -= this.tokens(chunk);
    }
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
