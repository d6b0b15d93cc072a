import { TruelineError } from '../errors.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { count, nsTextToUs, type Attributes } from './otlp-json.js';

/** A `step.BATCH_SUMMARY` event as vLLM wrote it: requests without a returned token count as prefill. */
export interface RecordedStep {
  readonly id: number;
  /** Entry to `schedule()`, µs on the engine host's monotonic clock. */
  readonly scheduledAtUs: number;
  readonly running: number;
  readonly waiting: number;
  readonly prefillRequests: number;
  readonly prefillTokens: number;
  readonly decodeRequests: number;
  readonly decodeTokens: number;
  /** Requests finished since the previous `schedule()` call. */
  readonly finishedBefore: number;
  readonly kvBlocksUsed: number;
  readonly kvBlocksTotal: number;
  /** Line of the file, for error messages. */
  readonly line: number;
}

/** Step counters run from 1; beyond this (years of stepping) the figure is garbage. */
const MAX_STEP_ID = 100_000_000;

export const stepTokens = (step: RecordedStep): number => step.prefillTokens + step.decodeTokens;

/** The step in a BATCH_SUMMARY event; undefined when a figure it needs is missing or impossible. */
export function recordedStep(attributes: Attributes, line: number): RecordedStep | undefined {
  const id = count(attributes, 'step.id');
  const scheduledAtUs = nsTextToUs(attributes, 'step.ts_start_ns');
  const prefillRequests = count(attributes, 'batch.num_prefill_reqs');
  const prefillTokens = count(attributes, 'batch.prefill_tokens');
  const decodeRequests = count(attributes, 'batch.num_decode_reqs');
  const decodeTokens = count(attributes, 'batch.decode_tokens');
  if (id === undefined || id > MAX_STEP_ID || scheduledAtUs === undefined) return undefined;
  if (prefillRequests === undefined || prefillTokens === undefined) return undefined;
  if (decodeRequests === undefined || decodeTokens === undefined) return undefined;
  const kvBlocksTotal = count(attributes, 'kv.blocks_total_gpu') ?? -1;
  const kvBlocksFree = count(attributes, 'kv.blocks_free_gpu');
  return {
    id,
    scheduledAtUs,
    running: count(attributes, 'queue.running_depth') ?? -1,
    waiting: count(attributes, 'queue.waiting_depth') ?? -1,
    prefillRequests,
    prefillTokens,
    decodeRequests,
    decodeTokens,
    finishedBefore: count(attributes, 'batch.num_finished') ?? 0,
    kvBlocksUsed: kvBlocksTotal === -1 || kvBlocksFree === undefined ? -1 : kvBlocksTotal - kvBlocksFree,
    kvBlocksTotal,
    line,
  };
}

/**
 * Steps in order of id, each once.
 * @throws TRACE_CLOCK when a later step started earlier: two server runs in one file
 */
export function orderedSteps(
  unordered: readonly RecordedStep[],
  file: string,
  log: DiagnosticLog,
): RecordedStep[] {
  const sorted = unordered.toSorted((a, b) => a.id - b.id);
  const steps = sorted.filter((step, i) => step.id !== sorted[i - 1]?.id);
  log.add('dropped', 'step-duplicate', 'steps recorded twice', sorted.length - steps.length);
  steps.forEach((step, i) => {
    const previous = steps[i - 1];
    if (previous === undefined || step.scheduledAtUs > previous.scheduledAtUs) return;
    throw new TruelineError('TRACE_CLOCK', `step ${step.id} does not start after step ${previous.id}`, {
      file,
      line: step.line,
      hint: 'Step numbers restart with the server: keep one server run per file.',
    });
  });
  return steps;
}
