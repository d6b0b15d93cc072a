import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observeServer, type ObserveOptions } from '../../src/cli/commands/observe.js';
import { ingestPath } from '../../src/ingest/index.js';
import { startTestServer, type TestServer } from '../observe/misbehaving-server.js';
import { refusalOf } from '../refusal.js';

let folder: string;
let server: TestServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trueline-'));
  server = await startTestServer(({ id }) => (id === 'trueline-2' ? 'disconnect' : 'stream'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const options = (more: Partial<ObserveOptions> = {}): ObserveOptions => ({
  endpoint: 'completions',
  warmUp: 0,
  seed: 0,
  users: 2,
  requests: 4,
  promptTokens: 16,
  outputTokens: 5,
  out: join(folder, 'trace'),
  ...more,
});

describe('trueline observe', () => {
  it('writes a trace that ingest reads, and the same as TraceV2 with the times of chunks', async () => {
    const traceV2 = join(folder, 'v2');
    const outcome = await observeServer(server.url.href, undefined, options({ traceV2 }));
    expect(outcome.text({ colour: false })).toContain('after their time');
    const trace = await ingestPath(join(folder, 'trace'));
    expect(trace.requests.count).toBe(4);
    expect(trace.requests.status.toSorted()).toEqual(Uint8Array.of(0, 0, 0, 1));
    const again = await ingestPath(traceV2);
    expect(again.meta.model).toBe('demo');
    expect([...again.requests.finishedAtUs]).toEqual(
      [...trace.requests.finishedAtUs].map((us, row) =>
        trace.requests.status[row] === 0 ? Math.round(us) : NaN,
      ),
    );
    expect((await readFile(join(traceV2, 'itl.csv'), 'utf8')).split('\n')[0]).toBe(
      'request_id,chunk_index,timestamp_us',
    );
  });

  it('sends a recorded trace again', async () => {
    await observeServer(server.url.href, undefined, options());
    const { users: _u, requests: _r, promptTokens: _p, outputTokens: _o, ...load } = options();
    const replayed = { ...load, out: join(folder, 'again'), replay: join(folder, 'trace') };
    await observeServer(server.url.href, undefined, replayed);
    const [first, second] = await Promise.all([
      ingestPath(join(folder, 'trace')),
      ingestPath(join(folder, 'again')),
    ]);
    expect([...second.requests.promptTokens]).toEqual([...first.requests.promptTokens]);
  });

  it('refuses before it sends anything, and then writes nothing', async () => {
    expect((await refusalOf(observeServer('localhost', undefined, options()))).code).toBe('USAGE');
    const noKey = options({ apiKeyEnv: 'TRUELINE_TEST_KEY_THAT_IS_NOT_SET' });
    expect((await refusalOf(observeServer(server.url.href, undefined, noKey))).code).toBe('USAGE');
    await observeServer(server.url.href, undefined, options());
    expect((await refusalOf(observeServer(server.url.href, undefined, options()))).code).toBe('FILE_EXISTS');
    await server.close();
    const elsewhere = options({ out: join(folder, 'other') });
    expect((await refusalOf(observeServer(server.url.href, undefined, elsewhere))).code).toBe(
      'SERVER_UNREACHABLE',
    );
    expect(existsSync(join(folder, 'other'))).toBe(false);
    expect(server.received).toHaveLength(4);
  });
});
