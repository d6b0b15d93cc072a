import { priceWith } from '../../coefficients/price.js';
import type { Experiment } from '../../trace/experiment.js';
import { groupMetrics, traceStages } from '../../trace/metrics.js';
import type { Trace } from '../../trace/trace.js';
import { usToS } from '../../units.js';
import { linearise, type Benchmarks } from '../benchmark-rows.js';
import { RowCollector, type FitRows } from '../fit-rows.js';
import { coefficientsByName } from '../fit-terms.js';

/** A run that could be measured: what it would cost, and what it would say about the coefficients. */
export interface PlannedRun {
  readonly id: string;
  /** Simulated length of the load × GPUs; loading the model is not in it. */
  readonly gpuMinutes: number;
  /** The rows a fit would get from it, had it been measured as predicted. */
  readonly rows: FitRows;
}

const SECONDS_PER_MINUTE = 60;

/**
 * Simulates a run nobody measured and linearises it: what is measured of it is taken from the prediction, which only scales
 * the rows.
 * @param coefficients of the free terms, in column order: the best guess so far
 * @throws as `linearise`
 */
export function planRun(
  benchmarks: Benchmarks,
  experiment: Experiment,
  coefficients: Float64Array,
): PlannedRun {
  const values = coefficientsByName(benchmarks.layout, coefficients);
  const context = benchmarks.contextOf(experiment);
  const latency = priceWith(benchmarks.basis, values, context);
  const trace = benchmarks.simulate(experiment, latency, benchmarks.seeds[0]!);
  const measured = traceStages(trace.requests).map((stage) => ({
    stage,
    metrics: groupMetrics(trace, stage).metrics,
  }));
  const collector = new RowCollector(benchmarks.layout);
  // Simulators know experiments by identity, and this one gets figures.
  const same: Benchmarks = {
    ...benchmarks,
    contextOf: () => context,
    simulate: (_, priced, seed) => benchmarks.simulate(experiment, priced, seed),
  };
  const { rows } = linearise(same, { ...experiment, measured }, coefficients);
  for (const row of rows) collector.add(row);
  return {
    id: experiment.id,
    gpuMinutes: gpuMinutesOf(trace, experiment),
    rows: collector.rows(),
  };
}

function gpuMinutesOf({ requests }: Trace, { server }: Experiment): number {
  const endUs = requests.finishedAtUs.reduce((last, at) => (at > last ? at : last), 0);
  const gpus = server.tensorParallelSize * server.dataParallelSize;
  return (gpus * usToS(endUs - (requests.arrivedAtUs[0] ?? 0))) / SECONDS_PER_MINUTE;
}
