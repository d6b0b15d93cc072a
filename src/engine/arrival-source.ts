import type { Arrivals } from './arrivals.js';
import type { RequestTable } from './request-table.js';

/** Arrivals of an open loop, in the order of the table; opens a stage when the one before it has ended. */
export class ArrivalSource implements Arrivals {
  nextRow = 0;
  nextInboxUs: number;
  finished = 0;
  readonly #table: RequestTable;
  readonly #frontBeforeUs: number;
  #stageStartUs = 0;
  /** Rows of open stages are below this. */
  #openRows: number;
  #lastResponseUs = 0;

  constructor(table: RequestTable, frontBeforeUs: number) {
    this.#table = table;
    this.#frontBeforeUs = frontBeforeUs;
    this.#openRows = this.#stageEnd(0);
    this.nextInboxUs = this.#inboxUs(0);
  }

  get taken(): number {
    return this.nextRow;
  }

  take(): number {
    const sentUs = this.#stageStartUs + this.#table.arrivedAtUs[this.nextRow]!;
    this.nextRow++;
    this.nextInboxUs = this.#inboxUs(this.nextRow);
    return sentUs;
  }

  responded(_row: number, atUs: number): void {
    this.finished++;
    if (atUs > this.#lastResponseUs) this.#lastResponseUs = atUs;
    if (this.finished < this.#openRows || this.#openRows === this.#table.count) return;
    this.#stageStartUs = this.#lastResponseUs + this.#table.stageGapUs!;
    this.#openRows = this.#stageEnd(this.#openRows);
    this.nextInboxUs = this.#inboxUs(this.nextRow);
  }

  #inboxUs(row: number): number {
    return row < this.#openRows
      ? this.#stageStartUs + this.#table.arrivedAtUs[row]! + this.#frontBeforeUs
      : Infinity;
  }

  /** First row after the stage that begins with `row`; stages without a gap are all open at once. */
  #stageEnd(row: number): number {
    const { count, stage, stageGapUs } = this.#table;
    if (stageGapUs === undefined) return count;
    let end = row;
    while (end < count && stage[end] === stage[row]) end++;
    return end;
  }
}
