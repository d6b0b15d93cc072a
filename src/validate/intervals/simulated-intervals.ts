import { buildRequests, simulate } from '../../engine/index.js';
import { latencyModel } from '../../coefficients/index.js';
import type { Interval } from '../../stats/bootstrap.js';
import type { Workload } from '../../trace/experiment.js';
import { groupMetrics, METRIC_NAMES, type MetricName, type StageKey } from '../../trace/metrics.js';
import type { Trace } from '../../trace/trace.js';
import { figureInterval } from './figure-interval.js';
import { stageSpreads, type SpreadInput } from './stage-spreads.js';

/** The 90 % prediction intervals of one stage's figures, in ms. */
export interface StageIntervals {
  readonly stage: StageKey;
  readonly intervals: Readonly<Partial<Record<MetricName, Interval>>>;
}

/** A simulated run, the load it served, and the seed of its arrivals. */
export interface SimulatedRunInput extends Omit<SpreadInput, 'requests'> {
  readonly workload: Workload;
  readonly seed: number;
}

/** Further draws of the arrivals, to see what luck does to a figure. */
const OTHER_SEEDS = 2;

/**
 * Where each figure of a simulated run would be measured with 90 % probability: replays it with slower and faster steps
 * and, where arrivals are drawn, with other seeds.
 * @returns nothing when the coefficient set does not say how uncertain it is
 */
export function simulatedIntervals(input: SimulatedRunInput): readonly StageIntervals[] {
  const { set, context, trace, workload, seed } = input;
  const spreads = stageSpreads({ set, context, trace, requests: buildRequests(workload, seed) });
  if (spreads.length === 0) return [];
  const draws = [trace, ...otherDraws(input)];
  return spreads.map((spread) => {
    const figures = draws.map((draw) => groupMetrics(draw, spread.stage).metrics);
    const intervals = METRIC_NAMES.flatMap((metric) => {
      const values = figures.flatMap((drawn) => drawn[metric] ?? []);
      const interval = figureInterval(metric, figures[0]?.[metric], values, spread, set.uncertainty);
      return interval === undefined ? [] : [[metric, interval] as const];
    });
    return { stage: spread.stage, intervals: Object.fromEntries(intervals) };
  });
}

/** The same load with other arrivals; none for recorded requests, which always arrive the same way. */
function otherDraws({ set, context, workload, seed }: SimulatedRunInput): Trace[] {
  if (workload.kind === 'request-trace') return [];
  const latency = latencyModel(set, context);
  return Array.from(
    { length: OTHER_SEEDS },
    (_, i) => simulate({ ...context, requests: buildRequests(workload, seed + i + 1), latency }).trace,
  );
}
