import { describe, expect, it } from 'vitest';
import { clientIdOf, joinById } from '../../src/ingest/join-by-id.js';
import { requestTable, type RequestRow } from '../../src/ingest/request-table.js';
import type { RequestColumns } from '../../src/trace/trace.js';
import { DiagnosticLog } from '../../src/trace/diagnostic-log.js';

describe("the client's id", () => {
  it.each([
    ['cmpl-X-0-1a2b3c4d', 'X'],
    ['chatcmpl-X-1a2b3c4d', 'X'],
    ['chatcmpl-X', 'X'],
    ['00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000002'],
    ['cmpl-00000000-0000-4000-8000-000000000002-0-0badf00d', '00000000-0000-4000-8000-000000000002'],
    ['bench-12345678', 'bench-12345678'],
  ])('of %s is %s', (id, client) => {
    expect(clientIdOf(id)).toBe(client);
  });
});

const tableOf = (rows: readonly RequestRow[]): RequestColumns => requestTable(rows, new DiagnosticLog());

describe('two lists of one run', () => {
  const engine = tableOf([
    { id: 'cmpl-a-0-0badf00d', arrivedAtUs: 0, promptTokens: 10, status: 'finished' },
    { id: 'cmpl-b-0-0badf00e', arrivedAtUs: 5, status: 'finished' },
    { id: 'cmpl-z-0-0badf00f', arrivedAtUs: 9, status: 'finished' },
  ]);
  const client = tableOf([
    { id: 'b', arrivedAtUs: 1000, promptTokens: 20, outputTokens: 7, promptId: 3, status: 'finished' },
    { id: 'a', arrivedAtUs: 2000, promptTokens: 99, outputTokens: 8, promptId: 4, status: 'finished' },
    { id: 'q', arrivedAtUs: 3000, status: 'failed' },
    { id: 'r', arrivedAtUs: 4000, status: 'failed' },
  ]);

  it('fill what the first does not know, keep what it does, and never mix clocks', () => {
    const log = new DiagnosticLog();
    const joined = joinById(engine, client, log);
    expect([...(joined?.promptTokens ?? [])]).toEqual([10, 20, -1]);
    expect([...(joined?.outputTokens ?? [])]).toEqual([8, 7, -1]);
    expect([...(joined?.promptId ?? [])]).toEqual([4, 3, -1]);
    expect(joined?.arrivedAtUs).toBe(engine.arrivedAtUs);
    expect(joined?.cachedTokens).toBeUndefined();
    expect(log.list()).toMatchObject([{ code: 'request-not-joined', count: 3 }]);
  });

  it('of different requests are not joined', () => {
    const log = new DiagnosticLog();
    const strangers = tableOf([{ id: 'x', arrivedAtUs: 0, status: 'finished' }]);
    expect(joinById(engine, strangers, log)).toBeUndefined();
    expect(log.list()).toEqual([]);
  });
});
