import type { Pool } from 'undici';
import type { LoadClock, ObservedRequest } from './observed-request.js';
import { AnswerStream } from './stream-reading.js';

/** What is sent, and when the load wanted it sent. */
export interface OutgoingRequest {
  readonly row: number;
  /** Sent as X-Request-Id: vLLM's own ids contain it. */
  readonly id: string;
  readonly dueAtUs: number;
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The client gives up so long after sending, in µs; Infinity for never. */
  readonly timeoutUs: number;
}

type Ending = Pick<ObservedRequest, 'status' | 'failure'>;

const failed = (failure: string): Ending => ({ status: 'failed', failure });

/** A few words for what undici threw. */
function failureOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED' || code === 'UND_ERR_CONNECT_TIMEOUT') return 'not reachable';
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') return 'disconnected';
  const message = error instanceof Error ? error.message : String(error);
  return code === '' ? message.split('\n')[0]! : code;
}

/** Sends `body` and reads the answer into `stream`; resolves with how it ended, whatever happens. */
async function exchange(
  pool: Pool,
  { path, id, headers, body }: OutgoingRequest,
  stream: AnswerStream,
  clock: LoadClock,
  signal: AbortSignal,
): Promise<Ending> {
  const answer = await pool.request({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'x-request-id': id,
      ...headers,
    },
    body,
    signal,
  });
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    return failed(`HTTP ${answer.statusCode}`);
  }
  for await (const bytes of answer.body) if (bytes instanceof Uint8Array) stream.feed(bytes, clock.nowUs());
  const { error, isWhole } = stream.reading();
  if (error !== undefined) return failed(error);
  return isWhole ? { status: 'finished' } : failed('disconnected');
}

/**
 * Sends one request and observes its answer. Never rejects: whatever goes wrong is an outcome.
 * @param interrupted ends requests as `unfinished`
 */
export async function sendRequest(
  pool: Pool,
  outgoing: OutgoingRequest,
  clock: LoadClock,
  interrupted: AbortSignal,
): Promise<ObservedRequest> {
  const { row, id, dueAtUs, timeoutUs } = outgoing;
  const stream = new AnswerStream();
  const timeout = new AbortController();
  const timer = Number.isFinite(timeoutUs) ? setTimeout(() => timeout.abort(), timeoutUs / 1e3) : undefined;
  const sentAtUs = clock.nowUs();
  let ending: Ending;
  try {
    const signal = AbortSignal.any([interrupted, timeout.signal]);
    ending = await exchange(pool, outgoing, stream, clock, signal);
  } catch (error) {
    if (interrupted.aborted) ending = { status: 'unfinished' };
    else if (timeout.signal.aborted) ending = { status: 'aborted', failure: 'timeout' };
    else ending = failed(failureOf(error));
  } finally {
    clearTimeout(timer);
  }
  const { chunkAtUs, generated, usage } = stream.reading();
  return {
    row,
    id,
    dueAtUs,
    sentAtUs,
    chunkAtUs,
    generated,
    ...ending,
    endedAtUs: clock.nowUs(),
    ...(usage === undefined ? {} : { usage }),
  };
}
