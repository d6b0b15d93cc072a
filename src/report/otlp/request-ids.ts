import { REQUEST_STATUSES, type RequestColumns } from '../../trace/trace.js';
import type { SimulatedRun } from '../simulated-run.js';

const ABORTED = REQUEST_STATUSES.indexOf('aborted');

/** Whether the client of a request gave up on it. */
export const isAborted = ({ requests }: SimulatedRun, row: number): boolean =>
  requests.status[row] === ABORTED;

/** First digit of the ids of API spans, so that no two spans share an id. */
export const API_SPAN_KIND = 2;

/** The id vLLM's API server would give a chat request. */
export const requestId = (requests: RequestColumns, row: number): string =>
  `chatcmpl-${requests.ids?.[row] ?? `sim${row}`}`;
