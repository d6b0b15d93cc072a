import { Pool } from 'undici';
import { buildRequests, clientArrivals, type RequestTable } from '../engine/index.js';
import { TruelineError } from '../errors.js';
import type { RunFacts } from '../ingest/index.js';
import type { Workload } from '../trace/experiment.js';
import type { Trace } from '../trace/trace.js';
import type { LoadClock, ObservedRequest } from './observed-request.js';
import { observedTrace } from './observed-trace.js';
import { ENDPOINT_PATHS, promptOf, requestBody, type AnsweredPrompt, type Endpoint } from './request-body.js';
import { runLoad } from './run-load.js';
import { sendRequest } from './send-request.js';
import { readServerFacts } from './server-facts.js';

/** What is observed, and how. */
export interface ObserveInput {
  /** Root of an OpenAI-compatible server. */
  readonly url: URL;
  readonly workload: Workload;
  readonly workloadName?: string;
  readonly seed: number;
  readonly endpoint: Endpoint;
  /** Name the server knows the model by; its first one when absent. */
  readonly model?: string;
  /** Requests sent one after the other before the load, and not recorded. */
  readonly warmUpRequests: number;
  /** Clients give up so long after sending; as the workload says when absent. */
  readonly timeoutUs?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A clock that starts now. */
  readonly startClock: () => LoadClock;
  readonly interrupted: AbortSignal;
  readonly onResponse?: (responses: number, planned: number) => void;
}

/** A run as its clients saw it. */
export interface Observation {
  readonly trace: Trace;
  /** In the order of the trace's rows. */
  readonly observed: readonly ObservedRequest[];
}

/** Everything that stays the same from request to request. */
interface Session {
  readonly input: ObserveInput;
  readonly pool: Pool;
  readonly path: string;
  readonly model: string;
  readonly table: RequestTable;
}

const WARM_UP_SEED_OFFSET = 1;

/** Sends the first rows of a load of other content, one after the other. */
async function warmUp(session: Session): Promise<void> {
  const { input, pool, table, path } = session;
  const clock = input.startClock();
  for (let n = 0; n < input.warmUpRequests && !input.interrupted.aborted; n++) {
    const row = n % table.count;
    const prompt = promptOf(table, row, input.seed + WARM_UP_SEED_OFFSET);
    const body = requestBody(input.endpoint, session.model, prompt, table.outputTokens[row]!, false);
    const outgoing = { row, id: `trueline-warm-up-${n}`, dueAtUs: 0, path, body, timeoutUs: Infinity };
    await sendRequest(pool, { ...outgoing, headers: input.headers }, clock, input.interrupted);
  }
}

/** Sends rows of the session's table, keeping answers that a next turn repeats. */
function sender(
  { input, pool, path, model, table }: Session,
  clock: LoadClock,
): (row: number, dueAtUs: number) => Promise<ObservedRequest> {
  const answered = new Map<number, AnsweredPrompt>();
  const keepsAnswers = table.follows !== undefined;
  return async (row, dueAtUs) => {
    const before = table.follows?.[row] ?? -1;
    const prompt = promptOf(table, row, input.seed, answered.get(before));
    answered.delete(before);
    const id = `trueline-${row}`;
    const body = requestBody(input.endpoint, model, prompt, table.outputTokens[row]!, keepsAnswers);
    const timeoutUs = input.timeoutUs ?? table.abortAfterUs?.[row] ?? Infinity;
    const outgoing = { row, id, dueAtUs, path, body, headers: input.headers, timeoutUs };
    const observed = await sendRequest(pool, outgoing, clock, input.interrupted);
    if (keepsAnswers) answered.set(row, { ...prompt, answer: observed.generated });
    return observed;
  };
}

/** @throws USAGE when neither the options nor the server name a model */
function modelName(input: ObserveInput, facts: RunFacts): string {
  const model = input.model ?? facts.model;
  if (model !== undefined) return model;
  throw new TruelineError('USAGE', 'the server does not say which model it serves', { hint: 'Add --model.' });
}

async function observeWith(pool: Pool, input: ObserveInput): Promise<Observation> {
  const prefix = input.url.pathname.replace(/\/+$/u, '');
  const facts = await readServerFacts(pool, input.url.origin, prefix, input.headers);
  const model = modelName(input, facts);
  const { table, arrivals } = clientArrivals(buildRequests(input.workload, input.seed), 0);
  const path = `${prefix}${ENDPOINT_PATHS[input.endpoint]}`;
  const session = { input, pool, path, model, table };
  await warmUp(session);
  const clock = input.startClock();
  const send = sender(session, clock);
  let responses = 0;
  const counted = async (row: number, dueAtUs: number): Promise<ObservedRequest> => {
    const observed = await send(row, dueAtUs);
    input.onResponse?.(++responses, table.count);
    return observed;
  };
  const sent = await runLoad(arrivals, table.count, counted, clock, input.interrupted);
  const observed = sent.toSorted((a, b) => a.sentAtUs - b.sentAtUs);
  if (observed.length === 0)
    throw new TruelineError('TRACE_EMPTY', 'interrupted before the first request was sent');
  const named = input.workloadName === undefined ? {} : { workloadName: input.workloadName };
  return {
    trace: observedTrace(observed, table, table.count, input.endpoint, { ...facts, model, ...named }),
    observed,
  };
}

/**
 * Sends a workload to a server and records what its clients see. Arrivals, users and conversations follow the engine's own
 * rules, so that a simulation of the same workload and seed is asked for the same.
 * @throws SERVER_UNREACHABLE, USAGE, WORKLOAD_INVALID, TRACE_EMPTY; failures of single requests are outcomes of theirs
 */
export async function observe(input: ObserveInput): Promise<Observation> {
  const pool = new Pool(input.url.origin, {
    connections: null,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    return await observeWith(pool, input);
  } finally {
    await pool.destroy();
  }
}
