import { TruelineError } from '../errors.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { ascendingOrder, doubles, integers } from './number-column.js';
import { AttributeReader } from './otlp-attributes.js';

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

/** Recorded steps in order of id, each once: columns of equal length. */
export interface RecordedSteps {
  readonly count: number;
  readonly id: Int32Array;
  readonly scheduledAtUs: Float64Array;
  readonly running: Int32Array;
  readonly waiting: Int32Array;
  readonly prefillRequests: Int32Array;
  readonly prefillTokens: Int32Array;
  readonly decodeRequests: Int32Array;
  readonly decodeTokens: Int32Array;
  readonly finishedBefore: Int32Array;
  readonly kvBlocksUsed: Int32Array;
  /** Size of the pool as the last step saw it, without the null block; −1 when not recorded. */
  readonly kvBlocksTotal: number;
}

/** Step counters run from 1; beyond this (years of stepping) the figure is garbage. */
const MAX_STEP_ID = 100_000_000;

const SUMMARY = new AttributeReader([
  'step.id',
  'step.ts_start_ns',
  'queue.running_depth',
  'queue.waiting_depth',
  'batch.num_prefill_reqs',
  'batch.prefill_tokens',
  'batch.num_decode_reqs',
  'batch.decode_tokens',
  'batch.num_finished',
  'kv.blocks_total_gpu',
  'kv.blocks_free_gpu',
]);

/**
 * The step in a BATCH_SUMMARY event; undefined when a figure it needs is missing or impossible.
 * @param attributes the event's list as it stands in the file
 */
export function recordedStep(attributes: unknown, line: number): RecordedStep | undefined {
  SUMMARY.read(attributes);
  const id = SUMMARY.count('step.id');
  const scheduledAtUs = SUMMARY.nanosecondsInUs('step.ts_start_ns');
  const prefillRequests = SUMMARY.count('batch.num_prefill_reqs');
  const prefillTokens = SUMMARY.count('batch.prefill_tokens');
  const decodeRequests = SUMMARY.count('batch.num_decode_reqs');
  const decodeTokens = SUMMARY.count('batch.decode_tokens');
  if (id === undefined || id > MAX_STEP_ID || scheduledAtUs === undefined) return undefined;
  if (prefillRequests === undefined || prefillTokens === undefined) return undefined;
  if (decodeRequests === undefined || decodeTokens === undefined) return undefined;
  const kvBlocksTotal = SUMMARY.count('kv.blocks_total_gpu') ?? -1;
  const kvBlocksFree = SUMMARY.count('kv.blocks_free_gpu') ?? Infinity;
  return {
    id,
    scheduledAtUs,
    running: SUMMARY.count('queue.running_depth') ?? -1,
    waiting: SUMMARY.count('queue.waiting_depth') ?? -1,
    prefillRequests,
    prefillTokens,
    decodeRequests,
    decodeTokens,
    finishedBefore: SUMMARY.count('batch.num_finished') ?? 0,
    kvBlocksUsed: kvBlocksFree > kvBlocksTotal ? -1 : kvBlocksTotal - kvBlocksFree,
    kvBlocksTotal,
    line,
  };
}

/** Gathers steps as they stream by, in columns: a long run has millions. */
export class StepRecorder {
  readonly #scheduledAtUs = doubles();
  readonly #line = integers();
  readonly #columns = {
    id: integers(),
    running: integers(),
    waiting: integers(),
    prefillRequests: integers(),
    prefillTokens: integers(),
    decodeRequests: integers(),
    decodeTokens: integers(),
    finishedBefore: integers(),
    kvBlocksUsed: integers(),
  };
  #last = { id: -1, kvBlocksTotal: -1 };

  add(step: RecordedStep): void {
    const columns = this.#columns;
    columns.id.push(step.id);
    columns.running.push(step.running);
    columns.waiting.push(step.waiting);
    columns.prefillRequests.push(step.prefillRequests);
    columns.prefillTokens.push(step.prefillTokens);
    columns.decodeRequests.push(step.decodeRequests);
    columns.decodeTokens.push(step.decodeTokens);
    columns.finishedBefore.push(step.finishedBefore);
    columns.kvBlocksUsed.push(step.kvBlocksUsed);
    this.#scheduledAtUs.push(step.scheduledAtUs);
    this.#line.push(step.line);
    if (step.id > this.#last.id) this.#last = step;
  }

  /**
   * The steps in order of id, each once; the recorder is empty afterwards.
   * @throws TRACE_CLOCK when a later step started earlier: two server runs in one file
   */
  finish(file: string, log: DiagnosticLog): RecordedSteps {
    const order = this.#distinctOrder(log);
    const id = this.#columns.id.take(order);
    const scheduledAtUs = this.#scheduledAtUs.take(order);
    const line = this.#line.take(order);
    for (let row = 1; row < id.length; row += 1) {
      if (scheduledAtUs[row]! > scheduledAtUs[row - 1]!) continue;
      throw new TruelineError('TRACE_CLOCK', `step ${id[row]} does not start after step ${id[row - 1]}`, {
        file,
        ...(line[row] === undefined ? {} : { line: line[row] }),
        hint: 'Step numbers restart with the server: keep one server run per file.',
      });
    }
    return {
      count: id.length,
      id,
      scheduledAtUs,
      running: this.#columns.running.take(order),
      waiting: this.#columns.waiting.take(order),
      prefillRequests: this.#columns.prefillRequests.take(order),
      prefillTokens: this.#columns.prefillTokens.take(order),
      decodeRequests: this.#columns.decodeRequests.take(order),
      decodeTokens: this.#columns.decodeTokens.take(order),
      finishedBefore: this.#columns.finishedBefore.take(order),
      kvBlocksUsed: this.#columns.kvBlocksUsed.take(order),
      kvBlocksTotal: this.#last.kvBlocksTotal,
    };
  }

  /** Rows in order of id without repetitions; undefined when that is how they came. */
  #distinctOrder(log: DiagnosticLog): Int32Array | undefined {
    const { id } = this.#columns;
    const order = ascendingOrder(id);
    const distinct = order?.filter((row, i) => i === 0 || id.at(row) !== id.at(order[i - 1]!));
    const repeated = (order?.length ?? 0) - (distinct?.length ?? 0);
    log.add('dropped', 'step-duplicate', 'steps recorded twice', repeated);
    return distinct;
  }
}

/** Tokens of a step as recorded. */
export const stepTokens = (steps: RecordedSteps, row: number): number =>
  (steps.prefillTokens[row] ?? 0) + (steps.decodeTokens[row] ?? 0);
