/**
 * One vLLM V1 engine as a discrete-event simulation. Reading order: `request-table` (what comes in), `engine-state`
 * (what the scheduler knows), `schedule` with its `running-pass` and `waiting-pass` (how a batch is formed),
 * `process-outputs` (what a finished batch changes), `engine-loop` (when all that happens).
 */
export type { Arrivals } from './arrivals.js';
export { clientArrivals } from './client-arrivals.js';
export { kvCapacityBlocks } from './kv-capacity.js';
export type { PromptSegment, RequestTable } from './request-table.js';
export { simulate, type SimulationInput, type SimulationResult } from './simulate.js';
export type { SimulationSummary, StageSpan } from './simulation-summary.js';
export { buildRequests } from './workload/build-requests.js';
export { WORKLOAD_PRESETS, type WorkloadPreset, type WorkloadPresetName } from './workload/presets.js';
export { requestTraceWorkload } from './workload/request-trace.js';
