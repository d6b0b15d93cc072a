import type { RequestTraceWorkload, Workload } from '../../trace/experiment.js';
import { sToUs } from '../../units.js';
import type { RequestTable } from '../request-table.js';
import { sharedPrefixRequests } from './shared-prefix.js';
import { syntheticRequests } from './synthetic.js';
import { validateWorkload } from './validate-workload.js';

/**
 * The requests of a workload, ready to be simulated. Equal workload and seed give equal requests; the seed changes
 * whatever is drawn (arrival gaps, lengths, the order of prompts), and nothing of a recorded trace.
 * @throws WORKLOAD_INVALID when no load can be made from the workload
 */
export function buildRequests(workload: Workload, seed: number): RequestTable {
  validateWorkload(workload);
  if (workload.kind === 'request-trace') return recordedRequests(workload);
  const requests =
    workload.kind === 'synthetic' ? syntheticRequests(workload, seed) : sharedPrefixRequests(workload, seed);
  if (workload.timeoutS === undefined) return requests;
  return { ...requests, abortAfterUs: new Float64Array(requests.count).fill(sToUs(workload.timeoutS)) };
}

/** Recorded requests keep their instants; each prompt id is content of its own. */
const recordedRequests = (workload: RequestTraceWorkload): RequestTable => ({
  count: workload.arrivedAtUs.length,
  arrivedAtUs: workload.arrivedAtUs,
  promptTokens: workload.promptTokens,
  outputTokens: workload.outputTokens,
  promptId: workload.promptId,
  stage: workload.stage,
  prompts: [],
});
