import { TruelineError } from '../errors.js';
import type { Refusal } from '../trace/suite.js';
import { replayExperiment, type ReplayJob, type ReplayResult } from './replay.js';

/** A replay's result, or why there is none. Plain data: error classes do not survive the way out of a worker. */
export type ReplayOutcome =
  { readonly ok: true; readonly result: ReplayResult } | { readonly ok: false; readonly refusal: Refusal };

/** Recognises what a worker sent back. */
export const isReplayOutcome = (value: unknown): value is ReplayOutcome =>
  typeof value === 'object' && value !== null && 'ok' in value;

/** Turns a refusal that was thrown into data; anything else that was thrown is a bug and passes through. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof TruelineError) return { code: error.code, reason: error.message };
  throw error;
}

/** Replays, and turns a refusal into data, so that one bad experiment does not end a validation. */
export function attemptReplay(job: ReplayJob): ReplayOutcome {
  try {
    return { ok: true, result: replayExperiment(job) };
  } catch (error) {
    return { ok: false, refusal: refusalOf(error) };
  }
}
