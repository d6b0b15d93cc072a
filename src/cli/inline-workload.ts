import { WORKLOAD_PRESETS, type WorkloadPresetName } from '../engine/index.js';
import { TruelineError } from '../errors.js';
import type { RateLoad, SyntheticWorkload, UserLoad } from '../trace/experiment.js';

/** A load as the command line describes it. */
export interface InlineLoad {
  readonly workload?: WorkloadPresetName;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  /** Prompts are sent round robin, so a small number makes prefix-cache hits; every prompt is new when absent. */
  readonly distinctPrompts?: number;
  readonly rate?: number;
  readonly duration?: number;
  readonly users?: number;
  readonly requests?: number;
}

/**
 * One stage of randomly spaced requests, or users who each have one request open; prompts and outputs as in a published
 * workload, or all of one length.
 * @throws USAGE when something is missing or said twice
 */
export function inlineWorkload(load: InlineLoad): SyntheticWorkload {
  const { prompts, outputTokens } = lengthsOf(load);
  const { distinctPrompts: distinct } = load;
  return {
    kind: 'synthetic',
    load: load.users === undefined ? rateOf(load) : usersOf(load),
    prompts: distinct === undefined ? prompts : { ...prompts, distinct },
    outputTokens,
  };
}

function lengthsOf(load: InlineLoad): Pick<SyntheticWorkload, 'prompts' | 'outputTokens'> {
  const { workload, promptTokens, outputTokens } = load;
  if (workload !== undefined) {
    if (promptTokens !== undefined) throw saidTwice('--prompt-tokens', '--workload');
    if (outputTokens !== undefined) throw saidTwice('--output-tokens', '--workload');
    return WORKLOAD_PRESETS[workload];
  }
  if (promptTokens === undefined || outputTokens === undefined) throw noLoad();
  return {
    prompts: { questionTokens: { law: 'constant', value: promptTokens } },
    outputTokens: { law: 'constant', value: outputTokens },
  };
}

function rateOf({ rate, duration, requests }: InlineLoad): RateLoad {
  if (requests !== undefined)
    throw new TruelineError('USAGE', '--requests is for users', { hint: 'Give --users, or --duration.' });
  if (rate === undefined || duration === undefined) throw noLoad();
  return {
    kind: 'rate',
    gaps: { law: 'poisson' },
    fillStages: true,
    stages: [{ ratePerS: rate, durationS: duration }],
  };
}

function usersOf({ users, requests, rate, duration }: InlineLoad): UserLoad {
  if (rate !== undefined) throw saidTwice('--rate', '--users');
  if (duration !== undefined) throw saidTwice('--duration', '--users');
  if (users === undefined || requests === undefined) throw noLoad();
  return { kind: 'users', users, sessions: requests, thinkTimeS: { law: 'constant', value: 0 } };
}

const noLoad = (): TruelineError =>
  new TruelineError('USAGE', 'no load to simulate', {
    hint:
      'Name an experiment file or a trace to --replay; or give --workload, or --prompt-tokens and --output-tokens,\n' +
      '  with --rate and --duration, or --users and --requests.',
  });

/** The error of two options, or an option and a file, that describe the same thing. */
export const saidTwice = (option: string, other: string): TruelineError =>
  new TruelineError('USAGE', `${option} and ${other} both describe the load`, {
    hint: `Leave out ${option}, or ${other.replace(/^an /u, 'the ')}.`,
  });
