import type { RequestColumns } from '../../trace/trace.js';

/** First digit of the ids of API spans, so that no two spans share an id. */
export const API_SPAN_KIND = 2;

/** The id vLLM's API server would give a chat request. */
export const requestId = (requests: RequestColumns, row: number): string =>
  `chatcmpl-${requests.ids?.[row] ?? `sim${row}`}`;
