/** A run of tokens; equal ids mean equal tokens, position by position (a shorter run is a prefix of a longer one). */
export interface PromptSegment {
  readonly contentId: number;
  readonly tokens: number;
}

/**
 * What clients send, one row per request in sending order: the engine's input. Columns are index-aligned.
 * Made by `buildRequests`; hand-made tables are fine too (`simulate` checks them).
 */
export interface RequestTable {
  readonly count: number;
  /**
   * Client's send instant, in µs; with `stageGapUs` set, counted from the start of the row's stage. For a row that waits
   * for a response (`follows`, `users`) the time between that response and sending it.
   */
  readonly arrivedAtUs: Float64Array;
  readonly promptTokens: Int32Array;
  /** Tokens each request generates at most (vLLM's max_tokens), ≥ 1: the scheduler knows this end beforehand. */
  readonly outputTokens: Int32Array;
  /**
   * The request ends with this token already, since it is an end-of-sequence or stop token; `outputTokens` for no such
   * end. Only a finished step tells the scheduler. Absent when all run to `outputTokens` (end-of-sequence ignored).
   */
  readonly stopAfterTokens?: Int32Array;
  /**
   * The client gives up so long after it sent the request (disconnects, or a timeout of the whole request); Infinity for
   * never. Its abort reaches the engine like a request does. Absent when all clients wait.
   */
  readonly abortAfterUs?: Float64Array;
  /** Rows with equal ids carry the same prompt, or prompts of which the shorter begins the longer. */
  readonly promptId: Int32Array;
  readonly stage: Uint16Array;
  /**
   * Content of prompt `i`, so that prompts with equal beginnings share KV blocks. A prompt without an entry is one run
   * of content of its own. The last segment stretches or ends where the row's `promptTokens` does.
   */
  readonly prompts: readonly (readonly PromptSegment[])[];
  /** Lower runs first under the `priority` policy; 0 when absent. */
  readonly priority?: Int32Array;
  /** When set, stage k > 0 starts this long after the last response of stage k − 1. */
  readonly stageGapUs?: number;
  /**
   * Earlier row that must have its last token before this one is sent; −1 for none. At most one row follows another.
   * When both have one prompt id, the row continues a conversation: its prompt begins with the other's prompt and output.
   */
  readonly follows?: Int32Array;
  /**
   * Closed loop: rows that follow none open a conversation, and so many are open at once. The next in the table is
   * opened when a conversation has its last response; the first ones count their `arrivedAtUs` from 0.
   */
  readonly users?: number;
}
