import { mean } from 'simple-statistics';
import type { PredictionUncertainty } from '../coefficients/uncertainty.js';
import { errorPct } from '../stats/relative-error.js';
import type { Experiment } from '../trace/experiment.js';
import { METRIC_NAMES, type MetricName, type StageKey } from '../trace/metrics.js';
import type { PeerPrediction } from '../trace/suite.js';
import { figureInterval } from './intervals/figure-interval.js';
import type { ReplayResult } from './replay.js';
import type { ValidationRow } from './validation-result.js';

/** Peers' predictions by figure, then by simulator. */
export type PeerTable = ReadonlyMap<string, Readonly<Record<string, number>>>;

const figureKey = (experiment: string, stage: StageKey, metric: MetricName): string =>
  JSON.stringify([experiment, stage, metric]);

export function peerTable(peers: readonly PeerPrediction[]): PeerTable {
  const table = new Map<string, Record<string, number>>();
  for (const peer of peers) {
    const key = figureKey(peer.experiment, peer.stage, peer.metric);
    const figures = table.get(key) ?? {};
    figures[peer.simulator] = peer.predictedMs;
    table.set(key, figures);
  }
  return table;
}

/** The value of a metric under each seed; shorter than `replays` when a replay lacks it. */
function predictions(replays: readonly ReplayResult[], stage: StageKey, metric: MetricName): number[] {
  return replays.flatMap((replay) => {
    const value = replay.stages.find((entry) => entry.stage === stage)?.group.metrics[metric];
    return value === undefined ? [] : [value];
  });
}

function spreadPct(values: readonly number[], middle: number): { seedSpreadPct?: number } {
  if (values.length < 2) return {};
  return { seedSpreadPct: (100 * (Math.max(...values) - Math.min(...values))) / middle };
}

/**
 * One row per figure that was both measured and predicted under every seed, in the order of the measured stages and of
 * METRIC_NAMES.
 */
export function compareRows(
  experiment: Experiment,
  replays: readonly ReplayResult[],
  peers: PeerTable,
  uncertainty?: PredictionUncertainty,
): ValidationRow[] {
  const spreads = replays.flatMap((replay) => replay.spreads ?? []);
  return experiment.measured.flatMap(({ stage, metrics }) =>
    METRIC_NAMES.flatMap((metric) => {
      const measuredMs = metrics[metric];
      const values = predictions(replays, stage, metric);
      if (measuredMs === undefined || values.length < replays.length) return [];
      const predictedMs = mean(values);
      const spread = spreads.find((entry) => entry.stage === stage);
      const interval = figureInterval(metric, predictedMs, values, spread, uncertainty);
      return {
        experiment: experiment.id,
        stage,
        metric,
        measuredMs,
        predictedMs,
        errorPct: errorPct(predictedMs, measuredMs),
        ...spreadPct(values, predictedMs),
        ...(interval && { interval }),
        peersMs: peers.get(figureKey(experiment.id, stage, metric)) ?? {},
      };
    }),
  );
}
