import { REQUEST_STATUSES, type RequestColumns } from '../trace/trace.js';
import { generatedTokens } from './generated-tokens.js';
import type { RequestTable } from './request-table.js';

const FINISHED = REQUEST_STATUSES.indexOf('finished');

/** What happened to each request; written once per event, by row. Instants in µs on the simulated clock. */
export class RequestLog {
  readonly arrivedAtUs: Float64Array;
  readonly queuedAtUs: Float64Array;
  readonly scheduledAtUs: Float64Array;
  readonly firstTokenAtUs: Float64Array;
  readonly finishedAtUs: Float64Array;
  readonly cachedTokens: Int32Array;
  readonly preemptions: Int32Array;
  readonly arrivedStep: Int32Array;
  readonly scheduledStep: Int32Array;
  readonly firstTokenStep: Int32Array;
  readonly finishedStep: Int32Array;

  constructor(count: number) {
    const instants = () => new Float64Array(count).fill(NaN);
    const steps = () => new Int32Array(count).fill(-1);
    this.arrivedAtUs = instants();
    this.queuedAtUs = instants();
    this.scheduledAtUs = instants();
    this.firstTokenAtUs = instants();
    this.finishedAtUs = instants();
    this.cachedTokens = steps();
    this.preemptions = new Int32Array(count);
    this.arrivedStep = steps();
    this.scheduledStep = steps();
    this.firstTokenStep = steps();
    this.finishedStep = steps();
  }

  /** The log of a finished simulation as trace columns. */
  columns(table: RequestTable): RequestColumns {
    return {
      count: table.count,
      arrivedAtUs: this.arrivedAtUs,
      queuedAtUs: this.queuedAtUs,
      scheduledAtUs: this.scheduledAtUs,
      firstTokenAtUs: this.firstTokenAtUs,
      finishedAtUs: this.finishedAtUs,
      promptTokens: table.promptTokens,
      outputTokens: generatedTokens(table),
      cachedTokens: this.cachedTokens,
      promptId: table.promptId,
      stage: table.stage,
      status: new Uint8Array(table.count).fill(FINISHED),
      preemptions: this.preemptions,
      arrivedStep: this.arrivedStep,
      scheduledStep: this.scheduledStep,
      firstTokenStep: this.firstTokenStep,
      finishedStep: this.finishedStep,
    };
  }
}
