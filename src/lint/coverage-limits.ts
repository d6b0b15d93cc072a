import type { LintSubject } from './finding.js';
import { knownAt, quantile } from './samples.js';
import type { StepColumns, Trace } from '../trace/trace.js';
import { lintSubject } from './subject.js';

/** Whether a run can determine one cost, and why. */
export interface CoverageLimit {
  /** The cost in words. */
  readonly cost: string;
  readonly determined: boolean;
  readonly why: string;
}

/** A cost that grows with a quantity shows when the quantity varies this much between the p10 and the p90 of the steps. */
const SPREAD = 1.5;
/** Steps (or requests) of a kind that a regression needs. */
const ENOUGH = 10;
/** Fewer prefill tokens than this hide in the launch overhead of a step. */
const LARGE_PREFILL_TOKENS = 128;

/** A quantity of the timed steps that `keeps` chooses. */
function timed(
  steps: StepColumns,
  value: (row: number) => number,
  keeps: (row: number) => boolean,
): Float64Array {
  const values = new Float64Array(steps.count);
  let n = 0;
  for (let row = 0; row < steps.count; row++) {
    if (steps.periodUs[row]! > 0 && keeps(row) && !Number.isNaN(value(row))) values[n++] = value(row);
  }
  return values.subarray(0, n);
}

function spreadLimit(cost: string, unit: string, values: Float64Array): CoverageLimit {
  if (values.length < ENOUGH) return { cost, determined: false, why: `${values.length} timed steps have it` };
  const [low, high] = [quantile(values, 0.1), quantile(values, 0.9)];
  return {
    cost,
    determined: high >= SPREAD * low,
    why: `${low.toFixed(0)} to ${high.toFixed(0)} ${unit} (p10 to p90 of ${values.length} timed steps)`,
  };
}

function prefillLimit(steps: StepColumns): CoverageLimit {
  const tokens = timed(
    steps,
    (row) => steps.prefillTokens[row]!,
    (row) => steps.prefillTokens[row]! > 0,
  );
  const large = tokens.filter((count) => count >= LARGE_PREFILL_TOKENS).length;
  const largest = tokens.reduce((most, count) => Math.max(most, count), 0);
  return {
    cost: 'prefill compute',
    determined: large >= ENOUGH,
    why: `${large} timed steps with ${LARGE_PREFILL_TOKENS} prefill tokens or more; the largest has ${largest}`,
  };
}

function stepLimits(steps: StepColumns): CoverageLimit[] {
  const decodes = (row: number): boolean => steps.prefillTokens[row] === 0 && steps.decodeRequests[row]! > 0;
  return [
    spreadLimit(
      'decode attention, by context',
      'tokens in all',
      timed(steps, (row) => steps.decodeContextTokens[row]!, decodes),
    ),
    spreadLimit(
      'batch size (GEMM, sampler)',
      'requests',
      timed(steps, (row) => steps.decodeRequests[row]!, decodes),
    ),
    prefillLimit(steps),
  ];
}

/** TTFT and time per token of single requests: what fits without steps rest on. */
function requestLimits({ durations, stages, trace }: LintSubject): CoverageLimit[] {
  const ttft = stages.map(({ rows }) => knownAt(durations.ttftMs, rows).length).reduce((a, b) => a + b, 0);
  const atClient = trace.meta.clock !== 'engine';
  return [
    {
      cost: 'front end (TTFT beyond the steps)',
      determined: atClient && ttft >= ENOUGH,
      why: atClient
        ? `${ttft} requests with a TTFT`
        : 'times are those of the engine: HTTP and tokenising lie outside',
    },
    {
      cost: 'load, by rate',
      determined: stages.length > 1,
      why: `${stages.length} load stage${stages.length === 1 ? '' : 's'}`,
    },
  ];
}

const ONE_SERVER: CoverageLimit = {
  cost: 'per step, per layer and per GPU apart',
  determined: false,
  why: 'one model on one number of GPUs: only their sum shows; fit several models together',
};

/** What a run can and cannot determine, from what its rows cover; which coefficients that decides, a fit says. */
export function coverageLimits(trace: Trace): readonly CoverageLimit[] {
  const { steps } = trace;
  return [
    ...(steps === undefined ? [] : stepLimits(steps)),
    ...(trace.requests.count === 0 ? [] : requestLimits(lintSubject(trace))),
    ONE_SERVER,
  ];
}
