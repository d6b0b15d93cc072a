import { BATCH_FIELDS } from '../trace/batch-shape.js';
import type { StepColumns } from '../trace/trace.js';
import type { EngineState } from './engine-state.js';

const FIELDS = [
  'id',
  'scheduledAtUs',
  'startedAtUs',
  'periodUs',
  'running',
  'waiting',
  'kvBlocksUsed',
  ...BATCH_FIELDS,
] as const;

/** Steps with at least one token, row by row in a growing buffer. */
export class StepLog {
  #rows = new Float64Array(FIELDS.length * 1024);
  #count = 0;

  /**
   * Notes the step that was formed last.
   * @param id vLLM's step id: the number of `schedule()` calls so far, those without tokens included
   */
  append(engine: EngineState, id: number, startedAtUs: number, periodUs: number): void {
    const row = this.#nextRow();
    const { batch, seats, waiting, limits, pool } = engine;
    row[0] = id;
    row[1] = engine.scheduledAtUs;
    row[2] = startedAtUs;
    row[3] = periodUs;
    row[4] = seats.count;
    row[5] = waiting.size;
    row[6] = limits.usableBlocks - pool.free;
    row[7] = batch.prefillTokens;
    row[8] = batch.prefillRequests;
    row[9] = batch.decodeRequests;
    row[10] = batch.decodeContextTokens;
    row[11] = batch.prefillContextTokens;
    row[12] = batch.prefillAttentionPairs;
    row[13] = batch.prefillPromptPairs;
    row[14] = batch.newRequests;
  }

  columns(): StepColumns {
    return {
      count: this.#count,
      id: Int32Array.from(this.#column('id')),
      scheduledAtUs: this.#column('scheduledAtUs'),
      startedAtUs: this.#column('startedAtUs'),
      periodUs: this.#column('periodUs'),
      running: Int32Array.from(this.#column('running')),
      waiting: Int32Array.from(this.#column('waiting')),
      kvBlocksUsed: Int32Array.from(this.#column('kvBlocksUsed')),
      prefillTokens: this.#column('prefillTokens'),
      prefillRequests: this.#column('prefillRequests'),
      decodeRequests: this.#column('decodeRequests'),
      decodeContextTokens: this.#column('decodeContextTokens'),
      prefillContextTokens: this.#column('prefillContextTokens'),
      prefillAttentionPairs: this.#column('prefillAttentionPairs'),
      prefillPromptPairs: this.#column('prefillPromptPairs'),
      newRequests: this.#column('newRequests'),
    };
  }

  #nextRow(): Float64Array {
    const start = this.#count++ * FIELDS.length;
    if (start === this.#rows.length) {
      const grown = new Float64Array(2 * this.#rows.length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    return this.#rows.subarray(start, start + FIELDS.length);
  }

  #column(field: (typeof FIELDS)[number]): Float64Array {
    const column = new Float64Array(this.#count);
    for (let row = 0, at = FIELDS.indexOf(field); row < this.#count; row++, at += FIELDS.length)
      column[row] = this.#rows[at]!;
    return column;
  }
}
