/** Hands out requests as they reach the engine's inbox, and hears of responses. Rows are numbered in sending order. */
export interface Arrivals {
  /** Row that arrives next. */
  readonly nextRow: number;
  /** Requests taken so far. */
  readonly taken: number;
  /** When it reaches the inbox; Infinity while that depends on responses that are still to come, or nothing is left. */
  readonly nextInboxUs: number;
  /** Requests that have their last token. */
  readonly finished: number;
  /** Removes the next request and returns the instant its client sent it. */
  take(): number;
  /** The client of a row has its last token. */
  responded(row: number, atUs: number): void;
}
