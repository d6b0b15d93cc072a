import { describe, expect, it } from 'vitest';
import { buildRequests, requestTraceWorkload, simulate } from '../../src/engine/index.js';
import type { Trace } from '../../src/trace/trace.js';
import { refusal } from '../refusal.js';
import { affineLatency, H100, LLAMA_8B, server, table } from './setup.js';

const latency = affineLatency({ stepUs: 6200, prefillTokenUs: 20, decodeUs: 6, contextTokenUs: 0.039 });
const served = { arch: LLAMA_8B, gpu: H100, server: server(), latency };
const { trace } = simulate({
  ...served,
  requests: table([
    { at: 0, prompt: 100, output: 5, promptId: 0 },
    { at: 9000, prompt: 90, output: 7, promptId: 1 },
    { at: 70_000, prompt: 100, output: 3, promptId: 0 },
  ]),
});
const replay = (recorded: Trace) => buildRequests(requestTraceWorkload(recorded, 'run'), 0);

describe('requestTraceWorkload', () => {
  it('sends the requests of a trace as they were sent', () => {
    expect(simulate({ ...served, requests: replay(trace) }).trace.requests).toEqual(trace.requests);
  });

  it('gives a prompt of its own to a request whose prompt is not known', () => {
    const { promptId: _, ...requests } = trace.requests;
    expect(new Set(replay({ ...trace, requests }).promptId).size).toBe(3);
    const partly = { ...trace.requests, promptId: Int32Array.of(0, -1, 0) };
    const ids = replay({ ...trace, requests: partly }).promptId;
    expect(ids[0]).toBe(ids[2]);
    expect(ids[1]).not.toBe(ids[0]);
  });

  it('counts one token where a request that failed has no count, and refuses one that finished', () => {
    const outputTokens = Int32Array.of(5, -1, 3);
    const failed = { ...trace.requests, outputTokens, status: Uint8Array.of(0, 1, 0) };
    expect([...replay({ ...trace, requests: failed }).outputTokens]).toEqual([5, 1, 3]);
    const finished = { ...trace.requests, outputTokens };
    expect(refusal(() => replay({ ...trace, requests: finished }))).toMatchObject({
      code: 'TRACE_INVALID',
      file: 'run',
      message: 'request 1 finished, but its token counts are not known',
    });
  });
});
