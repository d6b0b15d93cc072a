import type { BasisContext } from '../../src/basis/basis-set.js';
import type { LatencyModel } from '../../src/coefficients/latency-model.js';
import { priceWith } from '../../src/coefficients/price.js';
import type { Experiment, RequestTraceWorkload } from '../../src/trace/experiment.js';
import { groupMetrics } from '../../src/trace/metrics.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import type { Trace } from '../../src/trace/trace.js';
import { PLANTED, TOY_BASIS, toyContext } from './toy-basis.js';
import { simulateToy } from './toy-simulator.js';

export interface ToyBenchmark {
  readonly layers: number;
  /** Mean gap between requests of each stage. */
  readonly gapsUs: readonly number[];
  readonly promptTokens: number;
  readonly maxNumSeqs?: number;
}

const REQUESTS_PER_STAGE = 60;
const OUTPUT_TOKENS = 25;
const STAGE_GAP_US = 1e6;

/** An experiment of the train split whose figures are what the planted coefficients simulate. */
export function toyBenchmark(
  id: string,
  { layers, gapsUs, promptTokens, maxNumSeqs = 64 }: ToyBenchmark,
): Experiment {
  const unmeasured: Experiment = {
    id,
    title: id,
    split: 'train',
    model: `toy-${layers}`,
    gpu: 'toy-gpu',
    server: { ...DEFAULT_SERVER, maxNumSeqs },
    workloadName: 'toy',
    workload: toyWorkload(gapsUs, promptTokens),
    measured: [],
    source: 'test',
  };
  const trace = toySimulate(unmeasured, priceWith(TOY_BASIS, PLANTED, toyContextOf(unmeasured)), 0);
  const stages = [...gapsUs.keys(), 'all' as const];
  return {
    ...unmeasured,
    measured: stages.map((stage) => ({ stage, metrics: groupMetrics(trace, stage).metrics })),
  };
}

export const toyContextOf = (experiment: Experiment): BasisContext =>
  toyContext(Number(experiment.model.slice('toy-'.length)));

/** The toy engine on a toy experiment; it draws nothing, so the seed does not matter. */
export function toySimulate({ workload, server }: Experiment, latency: LatencyModel, _seed: number): Trace {
  if (workload.kind !== 'request-trace') throw new Error('toy experiments replay requests');
  return simulateToy(
    {
      arrivals: Array.from(workload.arrivedAtUs, (atUs, i) => ({ atUs, stage: workload.stage[i]! })),
      promptTokens: workload.promptTokens[0]!,
      outputTokens: OUTPUT_TOKENS,
      maxNumSeqs: server.maxNumSeqs,
    },
    latency,
  );
}

function toyWorkload(gapsUs: readonly number[], promptTokens: number): RequestTraceWorkload {
  const atUs: number[] = [];
  let startUs = 0;
  for (const gapUs of gapsUs) {
    const stage = Array.from(
      { length: REQUESTS_PER_STAGE },
      (_, i) => startUs + gapUs * (i + 0.8 * Math.sin(7 * i) + 1),
    );
    atUs.push(...stage.toSorted((a, b) => a - b));
    startUs = atUs.at(-1)! + STAGE_GAP_US;
  }
  return {
    kind: 'request-trace',
    arrivedAtUs: Float64Array.from(atUs),
    promptTokens: new Int32Array(atUs.length).fill(promptTokens),
    outputTokens: new Int32Array(atUs.length).fill(OUTPUT_TOKENS),
    promptId: Int32Array.from(atUs.keys()),
    stage: Uint16Array.from(atUs, (_, i) => Math.floor(i / REQUESTS_PER_STAGE)),
  };
}
