import { mean } from 'simple-statistics';
import { TruelineError } from '../errors.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import type { ServerConfig } from '../trace/server-config.js';
import { firstRefusal, refused, type ReplayedExperiment } from './compare-suite.js';
import { experimentResult } from './experiment-result.js';
import type { ReplayResult } from './replay.js';
import type { ExperimentResult, NotSimulated } from './validation-result.js';

/** What one configuration of a sweep is predicted to do: means over its replays. */
export interface SweepRow {
  readonly configuration: ExperimentResult;
  readonly server: ServerConfig;
  /** Of the whole run; a metric without a sample is absent. */
  readonly metrics: Readonly<Partial<Record<MetricName, number>>>;
  /** Finished requests, and the tokens they generated, per second from first arrival to last finish. */
  readonly requestsPerS?: number;
  readonly generatedTokensPerS?: number;
  /** Tensor-parallel size × data-parallel size. */
  readonly gpus: number;
}

/** Configurations nobody measured, predicted. */
export interface SweepResult {
  readonly formatVersion: 1;
  readonly sweep: string;
  readonly coefficientSet: string;
  readonly seeds: readonly number[];
  /** In the order of the plan. */
  readonly rows: readonly SweepRow[];
  /** What could not be simulated, and why: a model that does not fit the GPU, as a rule. */
  readonly notSimulated: readonly NotSimulated[];
}

/** The mean of a figure over replays; undefined when one of them lacks it. */
function meanOf(
  replays: readonly ReplayResult[],
  pick: (group: ReplayResult['stages'][number]['group']) => number | undefined,
): number | undefined {
  const values = replays.map((replay) => {
    const whole = replay.stages.find((entry) => entry.stage === 'all');
    return whole && pick(whole.group);
  });
  return values.every((value) => value !== undefined) ? mean(values) : undefined;
}

function rowOf({ experiment, outcomes }: ReplayedExperiment): SweepRow {
  const replays = outcomes.flatMap((outcome) => (outcome.ok ? outcome.result : []));
  const requestsPerS = meanOf(replays, (group) => group.requestsPerS);
  const generatedTokensPerS = meanOf(replays, (group) => group.generatedTokensPerS);
  const metrics = METRIC_NAMES.flatMap((metric) => {
    const value = meanOf(replays, (group) => group.metrics[metric]);
    return value === undefined ? [] : [[metric, value] as const];
  });
  return {
    configuration: experimentResult(experiment, replays),
    server: experiment.server,
    metrics: Object.fromEntries(metrics),
    ...(requestsPerS !== undefined && { requestsPerS }),
    ...(generatedTokensPerS !== undefined && { generatedTokensPerS }),
    gpus: experiment.server.tensorParallelSize * experiment.server.dataParallelSize,
  };
}

/**
 * What a sweep predicts. Pure; the same replays give the same bytes, wherever they were made.
 * @throws SUITE_INVALID without configurations
 */
export function sweepResult(
  head: Pick<SweepResult, 'sweep' | 'coefficientSet' | 'seeds'>,
  replayed: readonly ReplayedExperiment[],
): SweepResult {
  if (replayed.length === 0) throw new TruelineError('SUITE_INVALID', `sweep ${head.sweep} is empty`);
  const parts = replayed.map((entry) => ({ entry, refusal: firstRefusal(entry) }));
  return {
    formatVersion: 1,
    ...head,
    rows: parts.flatMap(({ entry, refusal }) => (refusal === undefined ? rowOf(entry) : [])),
    notSimulated: parts.flatMap(({ entry, refusal }) =>
      refusal === undefined ? [] : refused(entry.experiment, refusal),
    ),
  };
}
