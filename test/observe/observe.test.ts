import { afterEach, describe, expect, it } from 'vitest';
import { startLoadClock } from '../../src/cli/load-clock.js';
import { observe, sendLagMs, type ObserveInput, type Observation } from '../../src/observe/index.js';
import type { Workload } from '../../src/trace/experiment.js';
import { REQUEST_STATUSES } from '../../src/trace/trace.js';
import { refusalOf } from '../refusal.js';
import { startTestServer, type Conduct, type Received, type TestServer } from './misbehaving-server.js';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const workload = (sessions: number, more: object = {}): Workload => ({
  kind: 'synthetic',
  load: { kind: 'users', users: 1, sessions, thinkTimeS: { law: 'constant', value: 0 } },
  prompts: { questionTokens: { law: 'constant', value: 12 }, sharedPrefix: { groups: 1, tokens: 8 } },
  outputTokens: { law: 'constant', value: 3 },
  ...more,
});

async function observed(
  options: Partial<ObserveInput>,
  conduct?: (received: Received) => Conduct,
): Promise<Observation> {
  server = await startTestServer(conduct);
  return observe({
    url: server.url,
    workload: workload(2),
    seed: 1,
    endpoint: 'completions',
    warmUpRequests: 0,
    headers: {},
    startClock: startLoadClock,
    interrupted: new AbortController().signal,
    ...options,
  });
}

const statuses = ({ trace }: Observation): (string | undefined)[] =>
  [...trace.requests.status].map((status) => REQUEST_STATUSES[status]);
const codes = ({ trace }: Observation): string[] => trace.diagnostics.map(({ code }) => code);

/** Behaves by the number of the request, in order of sending. */
const inTurn =
  (...conducts: readonly Conduct[]) =>
  ({ id }: Received): Conduct =>
    conducts[Number(id?.replace('trueline-', ''))] ?? 'stream';

describe('a server that answers', () => {
  it('is recorded with its own counts, prompt identity and configuration', async () => {
    const { trace, observed: requests } = await observed({ workloadName: 'demo' });
    expect(trace.meta).toMatchObject({
      source: 'trueline-observe',
      synthetic: false,
      clock: 'client',
      model: 'demo',
      engineVersion: '0.15.1',
      workloadName: 'demo',
      server: { totalKvBlocks: 500, blockSizeTokens: 16, prefixCaching: true },
    });
    expect([...trace.requests.promptTokens]).toEqual([20, 20]);
    expect([...trace.requests.outputTokens]).toEqual([3, 3]);
    expect([...(trace.requests.promptId ?? [])]).toEqual([0, 1]);
    expect(trace.requests.ids).toEqual(['trueline-0', 'trueline-1']);
    expect(trace.diagnostics.filter(({ code }) => code !== 'client-send-late')).toEqual([]);
    expect(requests.map(({ chunkAtUs }) => chunkAtUs.length)).toEqual([3, 3]);
    expect(sendLagMs(requests).n).toBe(2);
    for (const { sentAtUs, dueAtUs, chunkAtUs, endedAtUs } of requests) {
      const instants = [dueAtUs, sentAtUs, ...chunkAtUs, endedAtUs];
      expect(instants).toEqual(instants.toSorted((a, b) => a - b));
    }
  });

  it('gets prompts that share what the workload says, as token ids', async () => {
    await observed({});
    const [first, second] = server!.received.map(({ body }) => body.prompt ?? []);
    expect(first!.slice(0, 8)).toEqual(second!.slice(0, 8));
    expect(first!.slice(8)).not.toEqual(second!.slice(8));
    expect(server!.received[0]?.body).toMatchObject({
      model: 'demo',
      max_tokens: 3,
      ignore_eos: true,
      stream: true,
    });
  });

  it('is warmed up with other prompts, which are not recorded', async () => {
    const { trace } = await observed({ warmUpRequests: 3, headers: { authorization: 'Bearer k' } });
    expect(trace.requests.count).toBe(2);
    expect(server!.received.map(({ id }) => id)).toEqual([
      'trueline-warm-up-0',
      'trueline-warm-up-1',
      'trueline-warm-up-2',
      'trueline-0',
      'trueline-1',
    ]);
    const prompts = server!.received.map(({ body }) => JSON.stringify(body.prompt?.slice(0, 8)));
    expect(new Set(prompts).size).toBe(2);
    expect(server!.received.every(({ authorization }) => authorization === 'Bearer k')).toBe(true);
  });

  it('hears its own answer again in the next turn of a conversation', async () => {
    const conversations = { turns: { law: 'constant', value: 2 }, thinkTimeS: { law: 'constant', value: 0 } };
    const { trace } = await observed({ workload: workload(1, { conversations }) });
    const [first, second] = server!.received.map(({ body }) => body.prompt ?? []);
    expect(second!.slice(0, 23)).toEqual([...first!, 100, 101, 102]);
    expect([...trace.requests.promptTokens]).toEqual([20, 35]);
  });

  it('over chat gets messages, and what it counts is believed', async () => {
    const { trace } = await observed({ endpoint: 'chat', workload: workload(1) });
    expect(server!.received[0]).toMatchObject({
      path: '/v1/chat/completions',
      body: { messages: [{ role: 'user' }] },
    });
    expect([...trace.requests.promptTokens]).toEqual([99]);
    expect(trace.diagnostics).toMatchObject([{ code: 'prompt-length-differs', count: 1 }]);
  });
});

describe('a server that misbehaves', () => {
  it('fails single requests, each with its reason; the load goes on', async () => {
    const run = await observed(
      { workload: workload(6), timeoutUs: 300_000 },
      inTurn('stream', 'refuse', 'stall', 'disconnect', 'error', 'stream'),
    );
    expect(statuses(run)).toEqual(['finished', 'failed', 'aborted', 'failed', 'failed', 'finished']);
    expect(codes(run)).toEqual(
      expect.arrayContaining([
        'request-failed-http-503',
        'request-failed-timeout',
        'request-failed-disconnected',
        'request-failed-error-in-stream-worker-died',
      ]),
    );
    expect(Number.isNaN(run.trace.requests.firstTokenAtUs[1])).toBe(true);
    expect(run.trace.requests.firstTokenAtUs[2]).toBeGreaterThan(0);
  });

  it('without usage leaves counting to chunks, and says so', async () => {
    const run = await observed({}, () => 'no-usage');
    expect([...run.trace.requests.outputTokens]).toEqual([3, 3]);
    expect(codes(run)).toContain('output-tokens-chunks');
  });
});

describe('an interruption', () => {
  it('keeps what was observed and counts what was not sent', async () => {
    const stop = new AbortController();
    const run = await observed({ workload: workload(5), interrupted: stop.signal }, (received) => {
      if (received.id !== 'trueline-1') return 'stream';
      setTimeout(() => stop.abort(), 20);
      return 'stall';
    });
    expect(statuses(run)).toEqual(['finished', 'unfinished']);
    expect(run.trace.diagnostics.find(({ code }) => code === 'run-interrupted')?.count).toBe(3);
  });
});

describe('refusals', () => {
  it('of a server that is not there', async () => {
    server = await startTestServer();
    const { url } = server;
    await server.close();
    const input = {
      url,
      workload: workload(1),
      seed: 1,
      endpoint: 'completions',
      warmUpRequests: 0,
    } as const;
    const io = { headers: {}, startClock: startLoadClock, interrupted: new AbortController().signal };
    expect((await refusalOf(observe({ ...input, ...io }))).code).toBe('SERVER_UNREACHABLE');
  });

  it('of a server that names no model, unless the options do', async () => {
    server = await startTestServer(undefined, {});
    const input = {
      url: server.url,
      workload: workload(1),
      seed: 1,
      endpoint: 'completions',
      warmUpRequests: 0,
    } as const;
    const io = { headers: {}, startClock: startLoadClock, interrupted: new AbortController().signal };
    expect((await refusalOf(observe({ ...input, ...io }))).code).toBe('USAGE');
    const { trace } = await observe({ ...input, ...io, model: 'mine' });
    expect(trace.meta).toMatchObject({ model: 'mine' });
    expect(trace.meta.server).toBeUndefined();
  });
});
