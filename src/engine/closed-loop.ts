import TinyQueue from 'tinyqueue';
import type { Arrivals } from './arrivals.js';
import type { RequestTable } from './request-table.js';

/** Columns that describe a request, in every table. */
const COLUMNS = ['promptTokens', 'outputTokens', 'promptId', 'stage'] as const;

/** Whether sending some row depends on a response. */
export const isClosedLoop = ({ follows, users }: RequestTable): boolean =>
  follows !== undefined || users !== undefined;

/** A table of the same requests, for `ClosedLoop` to write in sending order. */
export const sendingOrderTable = (plan: RequestTable): RequestTable => ({
  ...plan,
  arrivedAtUs: plan.arrivedAtUs.slice(),
  promptTokens: plan.promptTokens.slice(),
  outputTokens: plan.outputTokens.slice(),
  promptId: plan.promptId.slice(),
  stage: plan.stage.slice(),
  ...(plan.follows && { follows: plan.follows.slice() }),
  ...(plan.priority && { priority: plan.priority.slice() }),
  ...(plan.abortAfterUs && { abortAfterUs: plan.abortAfterUs.slice() }),
  ...(plan.stopAfterTokens && { stopAfterTokens: plan.stopAfterTokens.slice() }),
});

interface Planned {
  readonly row: number;
  readonly sentUs: number;
}

/**
 * Arrivals of which some wait for responses: turns of conversations, and users with one request open at a time. The
 * order of sending is only known as the simulation runs, so rows of the plan are copied to the engine's table one by
 * one, when they are sent; the engine numbers requests in sending order like those of an open loop.
 */
export class ClosedLoop implements Arrivals {
  nextRow = 0;
  nextInboxUs = Infinity;
  finished = 0;
  readonly #plan: RequestTable;
  readonly #sent: RequestTable;
  readonly #frontBeforeUs: number;
  /** Rows of the plan that wait for nothing but their time. */
  readonly #ready = new TinyQueue<Planned>([], (a, b) => a.sentUs - b.sentUs || a.row - b.row);
  /** Row of the plan that follows each, or −1; and that each sent row was. */
  readonly #followedBy: Int32Array;
  readonly #plannedRow: Int32Array;
  readonly #sentRow: Int32Array;
  /** No conversation before this row of the plan is still to be opened. */
  #nextOpening = 0;

  /**
   * @param plan the requests, as planned
   * @param sent a `sendingOrderTable` of them; rows are valid once they are taken
   */
  constructor(plan: RequestTable, sent: RequestTable, frontBeforeUs: number) {
    this.#plan = plan;
    this.#sent = sent;
    this.#frontBeforeUs = frontBeforeUs;
    this.#followedBy = new Int32Array(plan.count).fill(-1);
    this.#plannedRow = new Int32Array(plan.count);
    this.#sentRow = new Int32Array(plan.count);
    plan.follows?.forEach((before, row) => {
      if (before >= 0) this.#followedBy[before] = row;
    });
    const openAtOnce = plan.users ?? plan.count;
    for (let opened = 0; opened < openAtOnce && this.#openNext(0); opened++);
  }

  get taken(): number {
    return this.nextRow;
  }

  take(): number {
    const { row, sentUs } = this.#ready.pop()!;
    this.#write(row, this.nextRow);
    this.nextRow++;
    this.#noteNext();
    return sentUs;
  }

  responded(row: number, atUs: number): void {
    this.finished++;
    const next = this.#followedBy[this.#plannedRow[row]!]!;
    if (next >= 0) this.#makeReady(next, atUs);
    else if (this.#plan.users !== undefined) this.#openNext(atUs);
  }

  /** Lets the next conversation begin; false when all have. */
  #openNext(atUs: number): boolean {
    const { count, follows } = this.#plan;
    while (this.#nextOpening < count && (follows?.[this.#nextOpening] ?? -1) >= 0) this.#nextOpening++;
    if (this.#nextOpening === count) return false;
    this.#makeReady(this.#nextOpening++, atUs);
    return true;
  }

  /** A row of the plan is sent its `arrivedAtUs` after an instant. */
  #makeReady(row: number, afterUs: number): void {
    this.#ready.push({ row, sentUs: afterUs + this.#plan.arrivedAtUs[row]! });
    this.#noteNext();
  }

  #noteNext(): void {
    const next = this.#ready.peek();
    this.nextInboxUs = next === undefined ? Infinity : next.sentUs + this.#frontBeforeUs;
  }

  #write(planned: number, row: number): void {
    const [plan, sent] = [this.#plan, this.#sent];
    for (const column of COLUMNS) sent[column][row] = plan[column][planned]!;
    sent.arrivedAtUs[row] = plan.arrivedAtUs[planned]!;
    if (sent.priority !== undefined) sent.priority[row] = plan.priority![planned]!;
    if (sent.stopAfterTokens !== undefined) sent.stopAfterTokens[row] = plan.stopAfterTokens![planned]!;
    if (sent.abortAfterUs !== undefined) sent.abortAfterUs[row] = plan.abortAfterUs![planned]!;
    const before = plan.follows?.[planned] ?? -1;
    if (sent.follows !== undefined) sent.follows[row] = before < 0 ? -1 : this.#sentRow[before]!;
    this.#plannedRow[row] = planned;
    this.#sentRow[planned] = row;
  }
}
