/**
 * Sends a workload to an OpenAI-compatible server and records what clients see. Reading order: `observe` (a whole run),
 * `run-load` (when each request is sent), `request-body` (what is sent), `send-request` and `stream-reading` (what comes back),
 * `observed-trace` (the trace of it).
 */
export { observe, type ObserveInput, type Observation } from './observe.js';
export type { LoadClock, ObservedRequest } from './observed-request.js';
export { sendLagMs } from './observed-trace.js';
export type { Endpoint } from './request-body.js';
