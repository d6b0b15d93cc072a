import { emptyBatch, type BatchShape } from '../../src/trace/batch-shape.js';
import type { RequestColumns, StepColumns, Trace, TraceClock } from '../../src/trace/trace.js';

interface StepRow {
  readonly batch: BatchShape;
  readonly periodUs: number;
  readonly startedAtUs: number;
}

/** Writes step tables fluently: `stepTable().decodes(4, 800).taking(1500).prefills(1, 128).taking(2000).table()`. */
export class StepTable {
  readonly #rows: StepRow[] = [];
  #next: BatchShape = emptyBatch();
  #clockUs = 0;

  decodes(requests: number, contextTokens: number): this {
    this.#next.decodeRequests = requests;
    this.#next.decodeContextTokens = contextTokens;
    return this;
  }

  prefills(requests: number, tokens: number): this {
    this.#next.prefillRequests = requests;
    this.#next.newRequests = requests;
    this.#next.prefillTokens = tokens;
    this.#next.prefillContextTokens = tokens;
    return this;
  }

  /** Ends the step; the batch it prices is passed to `periodUs` when that is a function. */
  taking(periodUs: number | ((batch: Readonly<BatchShape>) => number), afterIdleUs = 0): this {
    const batch = this.#next;
    const us = typeof periodUs === 'number' ? periodUs : periodUs(batch);
    this.#rows.push({ batch, periodUs: us, startedAtUs: this.#clockUs + afterIdleUs });
    this.#clockUs += afterIdleUs + us;
    this.#next = emptyBatch();
    return this;
  }

  get count(): number {
    return this.#rows.length;
  }

  get clockUs(): number {
    return this.#clockUs;
  }

  table(): StepColumns {
    const rows = this.#rows;
    const column = (pick: (row: StepRow) => number): Float64Array => Float64Array.from(rows, pick);
    const zeros = new Int32Array(rows.length);
    return {
      count: rows.length,
      id: Int32Array.from(rows, (_, index) => index),
      scheduledAtUs: column((row) => row.startedAtUs),
      startedAtUs: column((row) => row.startedAtUs),
      periodUs: column((row) => row.periodUs),
      running: zeros,
      waiting: zeros,
      kvBlocksUsed: zeros,
      prefillTokens: column((row) => row.batch.prefillTokens),
      prefillRequests: column((row) => row.batch.prefillRequests),
      decodeRequests: column((row) => row.batch.decodeRequests),
      decodeContextTokens: column((row) => row.batch.decodeContextTokens),
      prefillContextTokens: column((row) => row.batch.prefillContextTokens),
      prefillAttentionPairs: column((row) => row.batch.prefillAttentionPairs),
      prefillPromptPairs: column((row) => row.batch.prefillPromptPairs),
      newRequests: column((row) => row.batch.newRequests),
    };
  }
}

export const stepTable = (): StepTable => new StepTable();

const NO_REQUESTS: RequestColumns = {
  count: 0,
  arrivedAtUs: new Float64Array(),
  firstTokenAtUs: new Float64Array(),
  finishedAtUs: new Float64Array(),
  promptTokens: new Int32Array(),
  outputTokens: new Int32Array(),
  stage: new Uint16Array(),
  status: new Uint8Array(),
};

export function traceOf(
  parts: { readonly steps?: StepColumns; readonly requests?: RequestColumns },
  clock: TraceClock = 'simulated',
): Trace {
  const meta = { source: 'test', synthetic: true, clock };
  return { meta, requests: NO_REQUESTS, diagnostics: [], ...parts };
}
