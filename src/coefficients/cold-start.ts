import { msToUs } from '../units.js';
import type { LatencyModel } from './latency-model.js';

/**
 * The same prices with a first step that is longer by a stall: a server that compiles kernels when the first request needs them.
 * @param coldStartMs 0 or undefined changes nothing
 */
export const withColdStart = (latency: LatencyModel, coldStartMs: number | undefined): LatencyModel =>
  coldStartMs === undefined || coldStartMs === 0 ? latency : { ...latency, coldStartUs: msToUs(coldStartMs) };
