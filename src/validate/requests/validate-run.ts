import type { BasisContext } from '../../basis/basis-set.js';
import type { CoefficientSet } from '../../coefficients/coefficient-set.js';
import { latencyModel } from '../../coefficients/price.js';
import { buildRequests, requestTraceWorkload, simulate } from '../../engine/index.js';
import { REQUEST_STATUSES, type Diagnostic, type RequestColumns, type Trace } from '../../trace/trace.js';
import { findKnee, type Knee } from '../knee/knee.js';
import { kneeLoadRatios } from '../knee/stage-loads.js';
import { saturationVerdict, stageLoad, type SaturationVerdict } from '../saturation.js';
import { compareRequests, type RequestErrors } from './compare-requests.js';

/** A recorded run whose requests are to be sent again. */
export interface RecordedRun {
  readonly name: string;
  readonly trace: Trace;
  readonly context: BasisContext;
}

/** A recorded run against its replay, request by request. */
export interface RequestValidation {
  readonly run: string;
  readonly model: string;
  readonly gpu: string;
  readonly tensorParallelSize: number;
  readonly workload?: string;
  /** Whether the coefficients were fitted to runs of this model. Absent when they do not say. */
  readonly modelWasFitted?: boolean;
  readonly requests: number;
  readonly failed: number;
  /** Where queues begin to grow, for the recorded mix of requests. */
  readonly knee?: Knee;
  /** Rate offered by the busiest stage ÷ knee. */
  readonly kneeLoadRatio?: number;
  /** Where the load lies relative to the knee. */
  readonly verdict: SaturationVerdict;
  /** Above the knee in simulation, or more than 1 % of the requests failed: waiting decides, not the step time. */
  readonly overloaded: boolean;
  readonly errors: readonly RequestErrors[];
  readonly diagnostics: readonly Diagnostic[];
}

/** From this share of failed requests on, clients timed out for want of room. */
const OVERLOADED_FAILED_RATIO = 0.01;

const FAILED = [REQUEST_STATUSES.indexOf('failed'), REQUEST_STATUSES.indexOf('aborted')];

const failedOf = ({ status }: RequestColumns): number =>
  status.filter((value) => FAILED.includes(value)).length;

/** Models of the runs a set was fitted to; none when it does not say. */
const fittedModels = ({ entries }: CoefficientSet): ReadonlySet<string> =>
  new Set(Object.values(entries).flatMap(({ scope }) => scope.models ?? []));

/**
 * Sends a run's own requests again (arrivals, lengths and repeated prompts as recorded) and compares each with itself.
 * Clients of the replay never give up, so of an overloaded run only those are compared whose clients did not either.
 * @throws TRACE_INVALID when token counts are missing; SAMPLE_EMPTY; the codes of `latencyModel` and `simulate`
 */
export function validateRun({ name, trace, context }: RecordedRun, set: CoefficientSet): RequestValidation {
  const workload = requestTraceWorkload(trace, name);
  const requests = buildRequests(workload, 0);
  const latency = latencyModel(set, context);
  const simulated = simulate({ ...context, requests, latency }).trace;
  const failed = failedOf(trace.requests);
  const knee = findKnee({ ...context, workload, latency, seed: 0 });
  const kneeLoadRatio = kneeLoadRatios(workload, knee).get('all');
  const verdict = saturationVerdict(stageLoad(simulated.requests, 'all'), kneeLoadRatio);
  const fitted = fittedModels(set);
  return {
    run: name,
    model: context.arch.name,
    gpu: context.gpu.name,
    tensorParallelSize: context.server.tensorParallelSize,
    ...(trace.meta.workloadName !== undefined && { workload: trace.meta.workloadName }),
    ...(fitted.size > 0 && { modelWasFitted: fitted.has(context.arch.name) }),
    requests: trace.requests.count,
    failed,
    ...(knee && { knee }),
    ...(kneeLoadRatio !== undefined && { kneeLoadRatio }),
    verdict,
    overloaded: verdict === 'above' || failed > OVERLOADED_FAILED_RATIO * trace.requests.count,
    errors: compareRequests(trace.requests, simulated.requests),
    diagnostics: [...trace.diagnostics, ...simulated.diagnostics],
  };
}
