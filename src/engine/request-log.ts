import { REQUEST_STATUSES, type RequestColumns } from '../trace/trace.js';
import { generatedTokens } from './generated-tokens.js';
import type { RequestTable } from './request-table.js';

const FINISHED = REQUEST_STATUSES.indexOf('finished');
const ABORTED = REQUEST_STATUSES.indexOf('aborted');

/** What happened to each request; written once per event, by row. Instants in µs on the simulated clock. */
export class RequestLog {
  readonly arrivedAtUs: Float64Array;
  readonly queuedAtUs: Float64Array;
  readonly scheduledAtUs: Float64Array;
  readonly startedAtUs: Float64Array;
  readonly firstTokenAtUs: Float64Array;
  readonly finishedAtUs: Float64Array;
  readonly cachedTokens: Int32Array;
  readonly preemptions: Int32Array;
  readonly arrivedStep: Int32Array;
  readonly scheduledStep: Int32Array;
  readonly firstTokenStep: Int32Array;
  readonly finishedStep: Int32Array;
  readonly status: Uint8Array;
  /** Output tokens of aborted requests, by row. */
  readonly #abortedTokens = new Map<number, number>();

  constructor(count: number) {
    const instants = () => new Float64Array(count).fill(NaN);
    const steps = () => new Int32Array(count).fill(-1);
    this.arrivedAtUs = instants();
    this.queuedAtUs = instants();
    this.scheduledAtUs = instants();
    this.startedAtUs = instants();
    this.firstTokenAtUs = instants();
    this.finishedAtUs = instants();
    this.cachedTokens = steps();
    this.preemptions = new Int32Array(count);
    this.arrivedStep = steps();
    this.scheduledStep = steps();
    this.firstTokenStep = steps();
    this.finishedStep = steps();
    this.status = new Uint8Array(count).fill(FINISHED);
  }

  /** A client gave up; a first token on its way never reached it. @param outputs tokens the engine had by then */
  aborted(row: number, atUs: number, outputs: number): void {
    this.status[row] = ABORTED;
    this.finishedAtUs[row] = atUs;
    this.#abortedTokens.set(row, outputs);
    if (this.firstTokenAtUs[row]! <= atUs) return;
    this.firstTokenAtUs[row] = NaN;
    this.firstTokenStep[row] = -1;
  }

  isAborted(row: number): boolean {
    return this.status[row] === ABORTED;
  }

  /** Output tokens each request got; the table's own column when all ran to their `outputTokens`. */
  generatedTokens(table: RequestTable): Int32Array {
    const toTheEnd = generatedTokens(table);
    if (this.#abortedTokens.size === 0) return toTheEnd;
    const generated = toTheEnd.slice();
    for (const [row, outputs] of this.#abortedTokens) generated[row] = outputs;
    return generated;
  }

  /** The log of a finished simulation as trace columns. */
  columns(table: RequestTable): RequestColumns {
    return {
      count: table.count,
      arrivedAtUs: this.arrivedAtUs,
      queuedAtUs: this.queuedAtUs,
      scheduledAtUs: this.scheduledAtUs,
      startedAtUs: this.startedAtUs,
      firstTokenAtUs: this.firstTokenAtUs,
      finishedAtUs: this.finishedAtUs,
      promptTokens: table.promptTokens,
      outputTokens: this.generatedTokens(table),
      cachedTokens: this.cachedTokens,
      promptId: table.promptId,
      stage: table.stage,
      status: this.status,
      preemptions: this.preemptions,
      arrivedStep: this.arrivedStep,
      scheduledStep: this.scheduledStep,
      firstTokenStep: this.firstTokenStep,
      finishedStep: this.finishedStep,
    };
  }
}
