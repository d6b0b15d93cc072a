import type { Distribution, GapLaw, RateLoad, SyntheticWorkload, UserLoad } from '../../trace/experiment.js';
import {
  invalid,
  MAX_TOKENS,
  requireCount,
  requireFilledStages,
  requireFinite,
  requireInteger,
  requireLength,
  requirePositive,
  requirePrompts,
  requireStages,
} from './checks.js';
import { WEIBULL_CV_RANGE } from './gap-sampler.js';

/** @throws WORKLOAD_INVALID naming the first field that no load can be made from. */
export function validateSynthetic({ load, prompts, outputTokens, conversations }: SyntheticWorkload): void {
  if (load.kind === 'rate') validateRateLoad(load);
  else validateUserLoad(load);
  if (prompts.sharedPrefix !== undefined) {
    requireInteger('prompts.sharedPrefix.groups', prompts.sharedPrefix.groups, 1);
    requireInteger('prompts.sharedPrefix.tokens', prompts.sharedPrefix.tokens, 1, MAX_TOKENS);
  }
  requireTokens('prompts.questionTokens', prompts.questionTokens);
  requireTokens('outputTokens', outputTokens);
  if (prompts.distinct !== undefined) {
    requireInteger('prompts.distinct', prompts.distinct, 1);
    requirePrompts('prompts.distinct', prompts.distinct);
  }
  if (conversations === undefined) return;
  requireTokens('conversations.turns', conversations.turns);
  requireDistribution('conversations.thinkTimeS', conversations.thinkTimeS);
  if (prompts.distinct !== undefined)
    throw invalid(
      'prompts.distinct is set, and so are conversations',
      'Leave out prompts.distinct: every conversation has questions of its own.',
    );
  if (load.kind === 'rate' && load.stageGapS !== undefined)
    throw invalid(
      'load.stageGapS is set, and so are conversations',
      'Leave out load.stageGapS: conversations of a stage last into the next one.',
    );
}

function validateRateLoad({ gaps, stages, fillStages, stageGapS }: RateLoad): void {
  requireGaps(gaps);
  requireStages(stages);
  if (fillStages) requireFilledStages(stages);
  if (stageGapS !== undefined) requireFinite('load.stageGapS', stageGapS);
}

function requireGaps(gaps: GapLaw): void {
  if (gaps.law === 'gamma') requirePositive('load.gaps.cv', gaps.cv);
  if (gaps.law !== 'weibull') return;
  const { min, max } = WEIBULL_CV_RANGE;
  if (!(gaps.cv >= min && gaps.cv <= max))
    throw invalid(`load.gaps.cv is ${gaps.cv}`, `Use a number from ${min} to ${max}.`);
}

function validateUserLoad({ users, sessions, thinkTimeS }: UserLoad): void {
  requireInteger('load.users', users, 1);
  requireInteger('load.sessions', sessions, 1);
  requireCount('the users', sessions);
  requireDistribution('load.thinkTimeS', thinkTimeS);
}

/** A distribution of counts: draws of at least 1 only need its largest values to be. */
function requireTokens(field: string, distribution: Distribution): void {
  requireDistribution(field, distribution);
  const { law } = distribution;
  if (law === 'constant') requireInteger(`${field}.value`, distribution.value, 1, MAX_TOKENS);
  else if (law === 'uniform') {
    requireInteger(`${field}.min`, distribution.min, 1);
    requireLength(`${field}.max`, distribution.max);
  } else if (law === 'empirical')
    distribution.values.forEach((value, i) => requireInteger(`${field}.values[${i}]`, value, 1, MAX_TOKENS));
  else {
    requireLength(`${field}.mean`, distribution.mean);
    if (distribution.max !== undefined && !(distribution.max >= 1))
      throw invalid(`${field}.max is ${distribution.max}`, 'Use a number of at least 1.');
  }
}

function requireDistribution(field: string, distribution: Distribution): void {
  switch (distribution.law) {
    case 'constant':
      return requireFinite(`${field}.value`, distribution.value);
    case 'uniform':
      requireInteger(`${field}.min`, distribution.min, 0);
      return requireInteger(`${field}.max`, distribution.max, distribution.min);
    case 'normal':
      requireFinite(`${field}.mean`, distribution.mean);
      requireFinite(`${field}.sd`, distribution.sd);
      break;
    case 'lognormal':
      requirePositive(`${field}.mean`, distribution.mean);
      requireFinite(`${field}.cv`, distribution.cv);
      break;
    case 'exponential':
      requirePositive(`${field}.mean`, distribution.mean);
      break;
    case 'empirical':
      return requireEmpirical(field, distribution.values, distribution.weights);
  }
  requireClamp(field, distribution);
}

function requireClamp(field: string, { min = 0, max = Infinity }: { min?: number; max?: number }): void {
  requireFinite(`${field}.min`, min);
  if (!(max >= min)) throw invalid(`${field}.max is ${max}, min ${min}`, 'Use a max of at least min.');
}

function requireEmpirical(
  field: string,
  values: readonly number[],
  weights: readonly number[] | undefined,
): void {
  if (values.length === 0) throw invalid(`${field} has no values`, 'Give at least one value.');
  values.forEach((value, i) => requireFinite(`${field}.values[${i}]`, value));
  if (weights === undefined) return;
  if (weights.length !== values.length)
    throw invalid(
      `${field} has ${values.length} values and ${weights.length} weights`,
      'Give one weight per value.',
    );
  weights.forEach((weight, i) => requireFinite(`${field}.weights[${i}]`, weight));
  requirePositive(
    `the sum of ${field}.weights`,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
}
