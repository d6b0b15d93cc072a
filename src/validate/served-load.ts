import { mean } from 'simple-statistics';
import type { SimulationSummary } from '../engine/index.js';
import { usToS } from '../units.js';

/** How much a run serves, and how long it takes on the simulated clock. */
export interface ServedLoad {
  readonly requests: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** From the first request to the last response, in s. */
  readonly durationS: number;
}

/** The load of one simulated run. */
export function servedLoad({ requests, promptTokens, outputTokens, stages }: SimulationSummary): ServedLoad {
  const startUs = Math.min(...stages.map((stage) => stage.startedAtUs));
  const endUs = Math.max(...stages.map((stage) => stage.endedAtUs));
  return { requests, promptTokens, outputTokens, durationS: usToS(endUs - startUs) };
}

/** Field by field mean over replays; undefined unless every one of them has its load. */
export function meanServedLoad(replays: readonly (ServedLoad | undefined)[]): ServedLoad | undefined {
  const known = replays.flatMap((load) => load ?? []);
  if (known.length === 0 || known.length < replays.length) return undefined;
  const of = (field: keyof ServedLoad): number => mean(known.map((load) => load[field]));
  return {
    requests: of('requests'),
    promptTokens: of('promptTokens'),
    outputTokens: of('outputTokens'),
    durationS: of('durationS'),
  };
}
