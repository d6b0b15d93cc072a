import { basename } from 'node:path';
import type { BasisSet } from '../../basis/index.js';
import { requestTraceWorkload } from '../../engine/index.js';
import { TruelineError } from '../../errors.js';
import type { BenchmarkFitInput } from '../../fit/index.js';
import type { Experiment } from '../../trace/experiment.js';
import { groupMetrics, traceStages } from '../../trace/metrics.js';
import type { Run } from './fit-traces.js';
import { simulatedBenchmarks } from './suite-benchmarks.js';

/**
 * Recorded runs as experiments: each sends its own requests again and is measured by their metrics.
 * @throws TRACE_EMPTY for a run without requests; TRACE_INVALID when a finished request has no token counts
 */
export const traceBenchmarks = (runs: readonly Run[], basis: BasisSet): BenchmarkFitInput =>
  simulatedBenchmarks(basis, new Map(runs.map((run) => [experimentOf(run), run.context])));

function experimentOf({ id, trace, context }: Run): Experiment {
  if (trace.requests.count === 0)
    throw new TruelineError('TRACE_EMPTY', 'holds no requests to send again', {
      file: id,
      hint: 'Learn corrections from runs with requests: a step trace alone says nothing of the front end.',
    });
  const stages = traceStages(trace.requests);
  return {
    id,
    title: basename(id),
    split: 'train',
    model: context.arch.name,
    gpu: context.gpu.name,
    server: context.server,
    workloadName: basename(id),
    workload: requestTraceWorkload(trace, id),
    measured: [...stages, 'all' as const].map((stage) => ({
      stage,
      metrics: groupMetrics(trace, stage).metrics,
    })),
    source: id,
  };
}
