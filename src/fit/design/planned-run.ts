import { priceWith } from '../../coefficients/price.js';
import type { Experiment } from '../../trace/experiment.js';
import { groupMetrics, traceStages } from '../../trace/metrics.js';
import type { Trace } from '../../trace/trace.js';
import { usToS } from '../../units.js';
import { linearise, type Benchmarks } from '../benchmark-rows.js';
import { rowsFrom, type FitRow, type FitRows } from '../fit-rows.js';
import { coefficientsByName } from '../fit-terms.js';

/** A run that could be measured: what it would cost, and what it would say about the coefficients. */
export interface PlannedRun {
  readonly id: string;
  readonly model: string;
  readonly gpuMinutes: number;
  /** The rows a fit would get from it, had it been measured as predicted. */
  readonly rows: FitRows;
}

/** What is known of a run's cost before it. */
export interface RunCost {
  /** All it costs. Without it: (simulated length of the load + `setupMinutes`) × GPUs. */
  readonly gpuMinutes?: number;
  /** Time its GPUs are held before the load starts, for loading the model and warming up; 0 without it. */
  readonly setupMinutes?: number;
}

const SECONDS_PER_MINUTE = 60;

/**
 * Simulates a run nobody measured and linearises it: what is measured of it is taken from the prediction, which only scales
 * the rows.
 * @param coefficients of the free terms, in column order: the best guess so far
 * @throws as `linearise`
 */
export const planRun = (
  benchmarks: Benchmarks,
  experiment: Experiment,
  coefficients: Float64Array,
  cost: RunCost = {},
): PlannedRun => planned(simulateOnce(benchmarks, experiment, coefficients), experiment, coefficients, cost);

/** A run that was measured: as it would have been planned, and what its figures say on the same timeline. */
export interface MeasuredPlan {
  readonly run: PlannedRun;
  readonly measured: readonly FitRow[];
}

/** `planRun` for an experiment that has figures. Errors as `planRun`. */
export function planMeasured(
  benchmarks: Benchmarks,
  experiment: Experiment,
  coefficients: Float64Array,
): MeasuredPlan {
  const simulated = simulateOnce(benchmarks, experiment, coefficients);
  return {
    run: planned(simulated, experiment, coefficients, {}),
    measured: linearise(simulated.benchmarks, experiment, coefficients).rows,
  };
}

/** A run's trace, and benchmarks that answer every simulation with it. */
interface SimulatedRun {
  readonly trace: Trace;
  readonly benchmarks: Benchmarks;
}

/** The rows come from the very trace that is priced here: a run is simulated once, under its own identity. */
function simulateOnce(
  benchmarks: Benchmarks,
  experiment: Experiment,
  coefficients: Float64Array,
): SimulatedRun {
  const context = benchmarks.contextOf(experiment);
  const latency = priceWith(benchmarks.basis, coefficientsByName(benchmarks.layout, coefficients), context);
  const seeds = benchmarks.seeds.slice(0, 1);
  const trace = benchmarks.simulate(experiment, latency, seeds[0]!);
  return { trace, benchmarks: { ...benchmarks, seeds, contextOf: () => context, simulate: () => trace } };
}

function planned(
  { trace, benchmarks }: SimulatedRun,
  experiment: Experiment,
  coefficients: Float64Array,
  cost: RunCost,
): PlannedRun {
  const measured = traceStages(trace.requests).map((stage) => ({
    stage,
    metrics: groupMetrics(trace, stage).metrics,
  }));
  return {
    id: experiment.id,
    model: experiment.model,
    gpuMinutes: gpuMinutesOf(trace, experiment, cost),
    rows: rowsFrom(benchmarks.layout, linearise(benchmarks, { ...experiment, measured }, coefficients).rows),
  };
}

function gpuMinutesOf(
  { requests }: Trace,
  { server }: Experiment,
  { gpuMinutes, setupMinutes = 0 }: RunCost,
): number {
  if (gpuMinutes !== undefined) return gpuMinutes;
  const endUs = requests.finishedAtUs.reduce((last, at) => (at > last ? at : last), 0);
  const loadMinutes = usToS(endUs - (requests.arrivedAtUs[0] ?? 0)) / SECONDS_PER_MINUTE;
  return server.tensorParallelSize * server.dataParallelSize * (setupMinutes + loadMinutes);
}
