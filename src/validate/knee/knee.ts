import type { LatencyModel } from '../../coefficients/latency-model.js';
import { simulate, type SimulationInput, type SimulationSummary } from '../../engine/index.js';
import { TruelineError } from '../../errors.js';
import type { Workload } from '../../trace/experiment.js';
import type { RequestColumns } from '../../trace/trace.js';
import { usToS } from '../../units.js';
import { floodRequests } from './flood.js';

/** What a saturated server runs short of: seats, KV blocks, or time to compute the tokens of a step. */
export const KNEE_LIMITS = ['seats', 'kv-blocks', 'step-tokens'] as const;
export type KneeLimit = (typeof KNEE_LIMITS)[number];

/** The most a server serves of one mix of requests: above this rate its queue grows without end. */
export interface Knee {
  readonly requestsPerS: number;
  readonly limitedBy: KneeLimit;
}

/** A server, and the load whose mix of requests it is asked for. */
export interface KneeInput extends Pick<SimulationInput, 'arch' | 'gpu' | 'server' | 'withCpuTier'> {
  readonly latency: LatencyModel;
  readonly workload: Workload;
  readonly seed: number;
}

/**
 * Floods the simulated server with the requests of a workload and counts what it serves per second. The first half of them
 * warms the prefix cache up and brings the seats out of step; counted is from when its last request is admitted until the
 * last one of all is, while there is always a next one waiting.
 * @returns undefined for closed loops, and where so many requests do not keep the server busy
 * @throws ENGINE_INVALID; other codes of `simulate` do not occur for a workload that it serves, unless further draws of its
 * lengths do not fit the server: then undefined too
 */
export function findKnee({ workload, seed, ...server }: KneeInput): Knee | undefined {
  // A steady state is that of a server that has compiled its kernels.
  const { firstUse: _compiled, ...latency } = server.latency;
  const { maxNumSeqs, dataParallelSize } = server.server;
  const requests = floodRequests(workload, maxNumSeqs * dataParallelSize, seed);
  if (requests === undefined) return undefined;
  try {
    const { trace, summary } = simulate({ ...server, latency, requests });
    return kneeOf(trace.requests, summary, dataParallelSize);
  } catch (error) {
    if (error instanceof TruelineError && error.code === 'WORKLOAD_INVALID') return undefined;
    throw error;
  }
}

function kneeOf(requests: RequestColumns, summary: SimulationSummary, replicas: number): Knee | undefined {
  const scheduledAtUs = requests.scheduledAtUs!;
  const fromUs = scheduledAtUs[requests.count >> 1]!;
  const toUs = scheduledAtUs[requests.count - 1]!;
  if (!(toUs > fromUs)) return undefined;
  return {
    requestsPerS: served(requests, fromUs, toUs) / usToS(toUs - fromUs),
    limitedBy: limitOf(summary, toUs * replicas),
  };
}

/** Requests served between two instants; one that was served for a part of its time there counts as that part. */
function served(
  { count, scheduledAtUs, finishedAtUs }: RequestColumns,
  fromUs: number,
  toUs: number,
): number {
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const [start, end] = [scheduledAtUs![row]!, finishedAtUs[row]!];
    const inside = Math.min(end, toUs) - Math.max(start, fromUs);
    if (inside > 0) sum += inside / (end - start);
  }
  return sum;
}

/** What requests waited for longest. @param waitingUs GPU time with requests waiting, over all replicas */
function limitOf(summary: SimulationSummary, waitingUs: number): KneeLimit {
  const seatsUs = summary.seatLimitedRatio * summary.busyUs;
  const kvUs = summary.kvLimitedRatio * summary.busyUs;
  const tokensUs = waitingUs - seatsUs - kvUs;
  if (tokensUs > seatsUs && tokensUs > kvUs) return 'step-tokens';
  return kvUs > seatsUs ? 'kv-blocks' : 'seats';
}
