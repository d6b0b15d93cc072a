import type { LatencyModel } from '../coefficients/latency-model.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { ServerConfig } from '../trace/server-config.js';
import type { Diagnostic, Trace } from '../trace/trace.js';
import { ArrivalSource } from './arrival-source.js';
import { ClosedLoop, isClosedLoop, sendingOrderTable } from './closed-loop.js';
import { engineLimits } from './engine-limits.js';
import { EngineLoop, type StepObserver } from './engine-loop.js';
import { newEngineState, type EngineState } from './engine-state.js';
import { kvCapacityBlocks } from './kv-capacity.js';
import { LawChecker } from './laws.js';
import type { RequestTable } from './request-table.js';
import { StepTotals, summarize, type SimulationSummary } from './simulation-summary.js';
import { StepLog } from './step-log.js';
import { validateLatency, validateRequests, validateServer } from './validate-input.js';

/** One vLLM engine, what is sent to it, and what its steps cost. */
export interface SimulationInput {
  readonly arch: ModelArch;
  readonly gpu: GpuSpec;
  readonly server: ServerConfig;
  readonly requests: RequestTable;
  readonly latency: LatencyModel;
  /** Also return one row per step (hundreds of bytes each). */
  readonly recordSteps?: boolean;
  /** Also check the engine's own laws (see `LawChecker`) in every turn: slower, same result. */
  readonly check?: boolean;
}

export interface SimulationResult {
  /** Requests in sending order, on the simulated clock; columns of an open loop's table are shared, not copied. */
  readonly trace: Trace;
  readonly summary: SimulationSummary;
}

/**
 * Runs one vLLM engine on a table of requests, from an empty cache at instant 0 until the last response.
 * Deterministic: equal inputs give equal results.
 * @throws ENGINE_INVALID for a server or latency model that cannot be, WORKLOAD_INVALID for requests it cannot serve,
 * ENGINE_LAW_BROKEN when `check` is set and the engine has a bug
 */
export function simulate(input: SimulationInput): SimulationResult {
  const { arch, gpu, server, requests, latency } = input;
  validateServer(server);
  validateLatency(latency);
  const limits = engineLimits(server, kvCapacityBlocks(arch, gpu, server));
  validateRequests(requests, server, limits);
  const closedLoop = isClosedLoop(requests);
  const engine = newEngineState(closedLoop ? sendingOrderTable(requests) : requests, limits);
  const totals = new StepTotals(limits.usableBlocks);
  const steps = input.recordSteps === true ? new StepLog() : undefined;
  const observe: StepObserver | undefined =
    steps &&
    ((startedAtUs, periodUs) => steps.append(engine, engine.step + totals.emptySteps, startedAtUs, periodUs));
  const arrivals = closedLoop
    ? new ClosedLoop(requests, engine.table, latency.frontBeforeUs)
    : new ArrivalSource(requests, latency.frontBeforeUs);
  const laws = input.check === true ? new LawChecker(engine, arrivals) : undefined;
  const loop = new EngineLoop(engine, arrivals, latency, totals, observe, laws);
  while (loop.turn());
  laws?.ended();
  return { trace: traceOf(input, engine, steps), summary: summarize(engine, totals) };
}

const traceOf = (input: SimulationInput, engine: EngineState, steps: StepLog | undefined): Trace => ({
  meta: {
    source: 'trueline-engine',
    synthetic: true,
    clock: 'simulated',
    engineVersion: input.server.engineVersion,
    model: input.arch.name,
    gpu: input.gpu.name,
    server: input.server,
  },
  requests: engine.log.columns(engine.table),
  ...(steps && { steps: steps.columns() }),
  diagnostics: [...notModelled(input.server), ...assumed(input.arch)],
});

/** Facts about the model that the step times depend on and nobody stated. */
function assumed({ name, sampling }: ModelArch): Diagnostic[] {
  if (sampling.assumed !== true) return [];
  const { topPOrTopK, repetitionPenalty } = sampling;
  const what = `${topPOrTopK ? 'top-p or top-k' : 'no top-p or top-k'}, repetition penalty ${repetitionPenalty}`;
  const message = `sampling defaults are assumed from the name of the model, without its generation_config.json, e.g. ${name}: ${what}`;
  return [{ code: 'SAMPLING_ASSUMED', kind: 'doubt', count: 1, message }];
}

/** Settings that are accepted because their effect is small, but have none here. */
function notModelled({ cpuKvBlocks = 0 }: ServerConfig): Diagnostic[] {
  if (cpuKvBlocks === 0) return [];
  const message = `the CPU tier of ${cpuKvBlocks} KV blocks is not modelled: blocks evicted from the GPU are recomputed`;
  return [{ code: 'CPU_TIER_IGNORED', kind: 'doubt', count: 1, message }];
}
