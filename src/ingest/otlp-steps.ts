import { TruelineError } from '../errors.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { ascendingOrder, doubles, type Numbers } from './number-column.js';
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

/** What is kept of every recorded step, as `RecordedStep` has it. */
const STEP_FIELDS = [
  'id',
  'scheduledAtUs',
  'running',
  'waiting',
  'prefillRequests',
  'prefillTokens',
  'decodeRequests',
  'decodeTokens',
  'finishedBefore',
  'kvBlocksUsed',
] as const satisfies readonly (keyof RecordedStep)[];

/** Recorded steps in order of id, each once: columns of equal length. */
export interface RecordedSteps extends Readonly<Record<(typeof STEP_FIELDS)[number], Numbers>> {
  readonly count: number;
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

const recordColumns = () => ({
  id: doubles(),
  scheduledAtUs: doubles(),
  running: doubles(),
  waiting: doubles(),
  prefillRequests: doubles(),
  prefillTokens: doubles(),
  decodeRequests: doubles(),
  decodeTokens: doubles(),
  finishedBefore: doubles(),
  kvBlocksUsed: doubles(),
  line: doubles(),
});

/** Gathers steps as they stream by, in columns: a long run has millions. */
export class StepRecorder {
  #columns = recordColumns();
  #last = { id: -1, kvBlocksTotal: -1 };

  add(step: RecordedStep): void {
    for (const field of STEP_FIELDS) this.#columns[field].push(step[field]);
    this.#columns.line.push(step.line);
    if (step.id > this.#last.id) this.#last = step;
  }

  /**
   * The steps in order of id, each once; the recorder is empty afterwards.
   * @throws TRACE_CLOCK when a later step started earlier: two server runs in one file
   */
  finish(file: string, log: DiagnosticLog): RecordedSteps {
    const order = this.#distinctOrder(log);
    const taken = this.#columns;
    this.#columns = recordColumns();
    if (order !== undefined)
      for (const field of [...STEP_FIELDS, 'line'] as const) taken[field] = taken[field].takeInOrder(order);
    const { line, ...columns } = taken;
    const { id, scheduledAtUs } = columns;
    for (let row = 1; row < id.length; row += 1) {
      if (scheduledAtUs.at(row) > scheduledAtUs.at(row - 1)) continue;
      throw new TruelineError(
        'TRACE_CLOCK',
        `step ${id.at(row)} does not start after step ${id.at(row - 1)}`,
        {
          file,
          line: line.at(row),
          hint: 'Step numbers restart with the server: keep one server run per file.',
        },
      );
    }
    return { count: id.length, ...columns, kvBlocksTotal: this.#last.kvBlocksTotal };
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
  row < steps.count ? steps.prefillTokens.at(row) + steps.decodeTokens.at(row) : 0;
