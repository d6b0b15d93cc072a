import type { RequestStatus } from '../trace/trace.js';

/** What the server itself counted for a request (`stream_options.include_usage`). */
export interface ServerUsage {
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Prompt tokens from the prefix cache, when the server says so (`--enable-prompt-tokens-details`). */
  readonly cachedTokens?: number;
}

/** How a request went, as its client saw it. Instants are in µs since the load began, on one monotonic clock. */
export interface ObservedRequest {
  /** Row in the table of what was to be sent. */
  readonly row: number;
  readonly id: string;
  /** When the load wanted it sent; the difference to `sentAtUs` is the client's own lag. */
  readonly dueAtUs: number;
  readonly sentAtUs: number;
  /** When each chunk with generated tokens came; a chunk can hold several. */
  readonly chunkAtUs: readonly number[];
  readonly endedAtUs: number;
  readonly status: RequestStatus;
  /** Why it did not finish, in a few words that group alike: `HTTP 503`, `timeout`, `disconnected`, … */
  readonly failure?: string;
  readonly usage?: ServerUsage;
  /** Text and token ids that were generated: a next turn repeats them. */
  readonly generated: GeneratedContent;
}

/** What a server streamed. Token ids are empty where it does not return them. */
export interface GeneratedContent {
  readonly text: string;
  readonly tokenIds: readonly number[];
}

/** A monotonic clock that starts with the load, and sleeps. */
export interface LoadClock {
  /** µs since the load began. */
  nowUs(): number;
  /** Until an instant, or until the signal aborts; never rejects. */
  sleepUntil(atUs: number, signal: AbortSignal): Promise<void>;
}
