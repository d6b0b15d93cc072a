import type { RequestStatus } from '../trace/trace.js';

/** One request on its way into the columns; instants in µs on one clock, undefined where not known. */
export interface RequestRow {
  readonly id?: string | undefined;
  readonly arrivedAtUs: number;
  readonly queuedAtUs?: number | undefined;
  readonly scheduledAtUs?: number | undefined;
  readonly firstTokenAtUs?: number | undefined;
  readonly finishedAtUs?: number | undefined;
  readonly promptTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cachedTokens?: number | undefined;
  readonly promptId?: number | undefined;
  readonly stage?: number | undefined;
  readonly status: RequestStatus;
  readonly preemptions?: number | undefined;
  readonly arrivedStep?: number | undefined;
  readonly scheduledStep?: number | undefined;
  readonly firstTokenStep?: number | undefined;
  readonly finishedStep?: number | undefined;
}

/** Its instants in the order in which they happen. */
export const REQUEST_INSTANTS = [
  'arrivedAtUs',
  'queuedAtUs',
  'scheduledAtUs',
  'firstTokenAtUs',
  'finishedAtUs',
] as const;
/** Its whole numbers. */
export const REQUEST_COUNTS = [
  'promptTokens',
  'outputTokens',
  'cachedTokens',
  'promptId',
  'stage',
  'preemptions',
  'arrivedStep',
  'scheduledStep',
  'firstTokenStep',
  'finishedStep',
] as const;
