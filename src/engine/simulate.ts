import type { LatencyModel } from '../coefficients/latency-model.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { ServerConfig } from '../trace/server-config.js';
import type { Diagnostic, RequestColumns, Trace } from '../trace/trace.js';
import { clientArrivals } from './client-arrivals.js';
import { engineLimits, type EngineLimits } from './engine-limits.js';
import { EngineLoop, type StepObserver } from './engine-loop.js';
import { newEngineState } from './engine-state.js';
import { blockCopyUs, kvCapacityBlocks } from './kv-capacity.js';
import { LawChecker } from './laws.js';
import { LockStepRanks } from './lock-step-ranks.js';
import { Replicas } from './replicas.js';
import type { RequestTable } from './request-table.js';
import { StepTotals, summarize, type SimulationSummary } from './simulation-summary.js';
import { StepLog } from './step-log.js';
import {
  validateHeadSplit,
  validateLatency,
  validateRanks,
  validateRequests,
  validateServer,
} from './validate-input.js';

/** One vLLM server, what is sent to it, and what its steps cost. */
export interface SimulationInput {
  readonly arch: ModelArch;
  readonly gpu: GpuSpec;
  readonly server: ServerConfig;
  readonly requests: RequestTable;
  readonly latency: LatencyModel;
  /** Also return one row per step (hundreds of bytes each); not of data-parallel replicas. */
  readonly recordSteps?: boolean;
  /**
   * Simulate the server's CPU tier; otherwise it is left out, and the trace says so. Replays of published runs leave it
   * out: most offloaded blocks without publishing how many, and one set of coefficients must price all alike.
   */
  readonly withCpuTier?: boolean;
  /** Also check the engine's own laws (see `LawChecker`) in every turn: slower, same result. */
  readonly check?: boolean;
}

export interface SimulationResult {
  /** Requests in sending order, on the simulated clock; columns of an open loop's table are shared, not copied. */
  readonly trace: Trace;
  readonly summary: SimulationSummary;
}

/**
 * Runs one vLLM engine, or `dataParallelSize` of them (apart for dense models, in lock-step for mixtures of experts), on a
 * table of requests, from an empty cache at instant 0 until the last response.
 * Deterministic: equal inputs give equal results.
 * @throws ENGINE_INVALID for a server or latency model that cannot be, WORKLOAD_INVALID for requests it cannot serve,
 * ENGINE_LAW_BROKEN when `check` is set and the engine has a bug
 */
export function simulate(input: SimulationInput): SimulationResult {
  const { arch, gpu, requests, latency } = input;
  const server = input.withCpuTier === true ? input.server : { ...input.server, cpuKvBlocks: 0 };
  validateServer(server);
  validateHeadSplit(arch, server);
  validateLatency(latency);
  const copyUs = (server.cpuKvBlocks ?? 0) > 0 ? blockCopyUs(arch, gpu, server) : 0;
  const limits = engineLimits(server, kvCapacityBlocks(arch, gpu, server), copyUs);
  validateRequests(requests, server.maxModelLenTokens ?? arch.maxContextTokens, limits);
  return server.dataParallelSize > 1 ? simulateReplicas(input, limits) : simulateOne(input, limits);
}

function simulateOne(input: SimulationInput, limits: EngineLimits): SimulationResult {
  const { table, arrivals } = clientArrivals(input.requests, input.latency.frontBeforeUs);
  const engine = newEngineState(table, limits);
  const totals = new StepTotals(limits.usableBlocks);
  const steps = input.recordSteps === true ? new StepLog() : undefined;
  const observe: StepObserver | undefined =
    steps &&
    ((startedAtUs, periodUs) => steps.append(engine, engine.step + totals.emptySteps, startedAtUs, periodUs));
  const laws = input.check === true ? new LawChecker(engine, arrivals) : undefined;
  const loop = new EngineLoop(engine, arrivals, input.latency, totals, observe, laws);
  while (loop.turn());
  laws?.ended();
  return { trace: traceOf(input, engine.log.columns(table), steps), summary: summarize([engine], totals) };
}

/** Step rows of one replica would be mixed with those of others, so requests do not refer to steps. */
function simulateReplicas(input: SimulationInput, limits: EngineLimits): SimulationResult {
  const { table, arrivals } = clientArrivals(input.requests, input.latency.frontBeforeUs);
  const totals = new StepTotals(limits.usableBlocks);
  const { arch, server, latency, check = false } = input;
  const count = server.dataParallelSize;
  let replicas: Replicas | LockStepRanks;
  if (arch.moe === undefined) replicas = new Replicas(count, table, limits, arrivals, latency, totals, check);
  else {
    validateRanks(latency, limits);
    replicas = new LockStepRanks(count, table, limits, arrivals, latency, totals, check);
  }
  replicas.run();
  const {
    arrivedStep: _a,
    scheduledStep: _s,
    firstTokenStep: _f,
    finishedStep: _l,
    ...requests
  } = replicas.engines[0]!.log.columns(table);
  return { trace: traceOf(input, requests, undefined), summary: summarize(replicas.engines, totals) };
}

const traceOf = (input: SimulationInput, requests: RequestColumns, steps: StepLog | undefined): Trace => ({
  meta: {
    source: 'trueline-engine',
    synthetic: true,
    clock: 'simulated',
    engineVersion: input.server.engineVersion,
    model: input.arch.name,
    gpu: input.gpu.name,
    server: input.server,
  },
  requests,
  ...(steps && { steps: steps.columns() }),
  diagnostics: [...notSimulated(input), ...assumed(input.arch), ...notRecorded(input)],
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
function notSimulated({ withCpuTier, server: { cpuKvBlocks = 0 } }: SimulationInput): Diagnostic[] {
  if (withCpuTier === true || cpuKvBlocks === 0) return [];
  const message = `a CPU tier is not modelled (e.g. of ${cpuKvBlocks} KV blocks): blocks evicted from the GPU are recomputed`;
  return [{ code: 'CPU_TIER_IGNORED', kind: 'doubt', count: 1, message }];
}

/** What a simulation of replicas leaves out of its trace. */
function notRecorded({ server, recordSteps }: SimulationInput): Diagnostic[] {
  const replicas = server.dataParallelSize;
  if (replicas === 1 || recordSteps !== true) return [];
  const message = `the steps of ${replicas} data-parallel replicas are not recorded: a trace holds those of one engine`;
  return [{ code: 'REPLICA_STEPS_OMITTED', kind: 'doubt', count: replicas, message }];
}
