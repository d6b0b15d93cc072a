import { buildRequests, type RequestTable } from '../../engine/index.js';
import type { RequestTraceWorkload, Workload } from '../../trace/experiment.js';

/** A flood is bounded, whatever the server could hold. */
const MOST_REQUESTS = 8192;
/** Fewer average too few prompts and outputs. */
const FEWEST_REQUESTS = 400;
/** Waves that fill the seats: two to reach a steady state, two to be measured. */
const WAVES = 4;

/**
 * A workload whose requests all arrive at instant 0, so that the server is never short of them: the same prompts in the
 * same order, no timeouts. Outputs of the first wave are cut short one more than the other, as if caught at any point of
 * their lives; otherwise they would end together, and all that follow with them.
 * @param seats requests the server runs at once at most
 * @returns undefined where sending waits for responses (users, conversations): such a load cannot grow a queue
 */
export function floodRequests(workload: Workload, seats: number, seed: number): RequestTable | undefined {
  const wanted = Math.max(FEWEST_REQUESTS, WAVES * seats, 2 * repeatedPrompts(workload));
  const requests = requestsOf(workload, Math.min(MOST_REQUESTS, wanted), seed);
  if (requests === undefined) return undefined;
  const { count, promptTokens, promptId, prompts } = requests;
  const firstWave = Math.min(seats, Math.floor(count / WAVES));
  return {
    count,
    arrivedAtUs: new Float64Array(count),
    promptTokens,
    outputTokens: requests.outputTokens.map((tokens, row) =>
      row < firstWave ? Math.ceil((tokens * (row + 1)) / firstWave) : tokens,
    ),
    promptId,
    stage: new Uint16Array(count),
    prompts,
  };
}

/** Distinct prompts that return in turn: from the second turn on they are in the prefix cache. */
function repeatedPrompts(workload: Workload): number {
  if (workload.kind === 'shared-prefix') return workload.numGroups * workload.promptsPerGroup;
  return workload.kind === 'synthetic' ? (workload.prompts.distinct ?? 0) : 0;
}

/** `count` requests of the workload's mix. */
function requestsOf(workload: Workload, count: number, seed: number): RequestTable | undefined {
  const stages = [{ ratePerS: count, durationS: 1 }];
  if (workload.kind === 'request-trace') return buildRequests(repeatTrace(workload, count), seed);
  if (workload.kind === 'shared-prefix') return buildRequests({ ...workload, stages }, seed);
  const { load, conversations } = workload;
  if (load.kind !== 'rate' || conversations !== undefined) return undefined;
  return buildRequests({ ...workload, load: { ...load, stages, fillStages: true } }, seed);
}

/** The first `count` requests of a trace; a short one starts again, with prompts of new content. */
function repeatTrace(workload: RequestTraceWorkload, count: number): RequestTraceWorkload {
  const recorded = workload.arrivedAtUs.length;
  const rowOf = (row: number): number => row % recorded;
  const ids = new Map<string, number>();
  const promptId = Int32Array.from({ length: count }, (_, row) => {
    const prompt = `${Math.floor(row / recorded)}/${workload.promptId[rowOf(row)]}`;
    const id = ids.get(prompt) ?? ids.size;
    ids.set(prompt, id);
    return id;
  });
  return {
    kind: 'request-trace',
    arrivedAtUs: new Float64Array(count),
    promptTokens: Int32Array.from({ length: count }, (_, row) => workload.promptTokens[rowOf(row)]!),
    outputTokens: Int32Array.from({ length: count }, (_, row) => workload.outputTokens[rowOf(row)]!),
    promptId,
    stage: new Uint16Array(count),
  };
}
