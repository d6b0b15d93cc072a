import type { RequestTraceWorkload, Workload } from '../../trace/experiment.js';
import type { RequestTable } from '../request-table.js';
import { sharedPrefixRequests } from './shared-prefix.js';
import { validateWorkload } from './validate-workload.js';

/**
 * The requests of a workload, ready to be simulated. Equal workload and seed give equal requests; the seed changes
 * arrival gaps, prompt lengths and the order of prompts, and nothing of a recorded trace.
 * @throws WORKLOAD_INVALID when no load can be made from the workload
 */
export function buildRequests(workload: Workload, seed: number): RequestTable {
  validateWorkload(workload);
  return workload.kind === 'shared-prefix'
    ? sharedPrefixRequests(workload, seed)
    : recordedRequests(workload);
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
