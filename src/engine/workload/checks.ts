import { TruelineError } from '../../errors.js';
import { stageRequests, type LoadStage } from '../../trace/load-stage.js';

const MAX_STAGES = 65_536;
/** More requests than any run needs, and few enough for memory. */
const MAX_REQUESTS = 100_000_000;
/** The same of distinct prompts, each of which has content of its own. */
const MAX_PROMPTS = 10_000_000;
/** More than the context of any model. */
export const MAX_TOKENS = 2 ** 24;

/** Checks of single fields of a workload; all throw WORKLOAD_INVALID naming the field. */
export function requireInteger(field: string, value: number, min: number, max = MAX_REQUESTS): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalid(`${field} is ${value}`, `Use a whole number from ${min} to ${max}.`);
}

/** A length, or a number that lengths are drawn around. */
export function requireLength(field: string, value: number): void {
  if (!(value >= 0 && value <= MAX_TOKENS))
    throw invalid(`${field} is ${value}`, `Use a number of tokens up to ${MAX_TOKENS}.`);
}

export function requirePositive(field: string, value: number): void {
  if (!(value > 0) || value === Infinity) throw invalid(`${field} is ${value}`, 'Use a number above 0.');
}

export function requireFinite(field: string, value: number): void {
  if (!(value >= 0) || value === Infinity)
    throw invalid(`${field} is ${value}`, 'Use a number of at least 0.');
}

/** Between 1 and 65536 stages, each with a rate and a duration. */
export function requireStages(stages: readonly LoadStage[]): void {
  if (stages.length === 0) throw invalid('the workload has no stages', 'Add at least one stage.');
  if (stages.length > MAX_STAGES) throw invalid(`${stages.length} stages`, `Use at most ${MAX_STAGES}.`);
  stages.forEach((stage, index) => {
    requirePositive(`stages[${index}].ratePerS`, stage.ratePerS);
    requirePositive(`stages[${index}].durationS`, stage.durationS);
  });
  requireCount(
    'the stages',
    stages.reduce((sum, { ratePerS, durationS }) => sum + ratePerS * durationS, 0),
  );
}

/** A workload that fits into memory. */
export function requireCount(what: string, requests: number): void {
  if (requests > MAX_REQUESTS)
    throw invalid(`${what} send ${Math.floor(requests)} requests`, `Send at most ${MAX_REQUESTS}.`);
}

/** Prompts that fit into memory. */
export function requirePrompts(what: string, prompts: number): void {
  if (prompts > MAX_PROMPTS) throw invalid(`${what} are ${prompts} prompts`, `Use at most ${MAX_PROMPTS}.`);
}

/** Every stage is long enough for a request. */
export function requireFilledStages(stages: readonly LoadStage[]): void {
  const empty = stages.findIndex((stage) => stageRequests(stage) < 1);
  if (empty === -1) return;
  const { ratePerS, durationS } = stages[empty]!;
  throw invalid(
    `stages[${empty}] sends no request (${ratePerS}/s for ${durationS} s)`,
    'Raise its rate or its duration.',
  );
}

/** The error of a workload no load can be made from. */
export const invalid = (found: string, hint: string): TruelineError =>
  new TruelineError('WORKLOAD_INVALID', found, { hint });
