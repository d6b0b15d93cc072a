import { BATCH_FIELDS, type BatchShape } from '../trace/batch-shape.js';
import type { StepColumns } from '../trace/trace.js';

/** One step as the log keeps it, besides its batch. */
export interface StepRecord {
  readonly id: number;
  readonly scheduledAtUs: number;
  readonly startedAtUs: number;
  readonly periodUs: number;
  readonly running: number;
  readonly waiting: number;
  readonly kvBlocksUsed: number;
}

const RECORD_FIELDS = [
  'id',
  'scheduledAtUs',
  'startedAtUs',
  'periodUs',
  'running',
  'waiting',
  'kvBlocksUsed',
] as const;
const FIELDS = RECORD_FIELDS.length + BATCH_FIELDS.length;

/** Steps with at least one token, row by row in a growing buffer. */
export class StepLog {
  #rows = new Float64Array(FIELDS * 1024);
  #count = 0;

  append(record: StepRecord, batch: Readonly<BatchShape>): void {
    let at = this.#count++ * FIELDS;
    if (at === this.#rows.length) {
      const grown = new Float64Array(2 * this.#rows.length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    for (const field of RECORD_FIELDS) this.#rows[at++] = record[field];
    for (const field of BATCH_FIELDS) this.#rows[at++] = batch[field];
  }

  columns(): StepColumns {
    const rows = this.#rows;
    const count = this.#count;
    const column = (index: number): Float64Array => {
      // a plain loop: `Float64Array.from` with a callback takes longer than the simulation itself
      const values = new Float64Array(count);
      for (let row = 0; row < count; row++) values[row] = rows[row * FIELDS + index]!;
      return values;
    };
    const record = (field: (typeof RECORD_FIELDS)[number]) => column(RECORD_FIELDS.indexOf(field));
    const batch = (field: (typeof BATCH_FIELDS)[number]) =>
      column(RECORD_FIELDS.length + BATCH_FIELDS.indexOf(field));
    return {
      count: this.#count,
      id: Int32Array.from(record('id')),
      scheduledAtUs: record('scheduledAtUs'),
      startedAtUs: record('startedAtUs'),
      periodUs: record('periodUs'),
      running: Int32Array.from(record('running')),
      waiting: Int32Array.from(record('waiting')),
      kvBlocksUsed: Int32Array.from(record('kvBlocksUsed')),
      prefillTokens: batch('prefillTokens'),
      prefillRequests: batch('prefillRequests'),
      decodeRequests: batch('decodeRequests'),
      decodeContextTokens: batch('decodeContextTokens'),
      prefillContextTokens: batch('prefillContextTokens'),
      prefillAttentionPairs: batch('prefillAttentionPairs'),
      prefillPromptPairs: batch('prefillPromptPairs'),
      newRequests: batch('newRequests'),
    };
  }
}
