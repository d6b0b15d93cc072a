import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/engine/index.js';
import { REQUEST_STATUSES } from '../../src/trace/trace.js';
import { affineLatency, H100, LLAMA_8B, server, table, type Row } from './setup.js';

/** Every step takes 10 ms plus 1 ms for each prefill token. */
const latency = affineLatency({ stepUs: 10_000, prefillTokenUs: 1_000, decodeUs: 0, contextTokenUs: 0 });

describe('three requests worked by hand', () => {
  const requests = table([
    { at: 0, prompt: 4, output: 3 },
    { at: 5_000, prompt: 2, output: 2 },
    { at: 30_000, prompt: 3, output: 1 },
  ]);

  it('two batches deep', () => {
    const { trace } = simulate({
      arch: LLAMA_8B,
      gpu: H100,
      server: server(),
      requests,
      latency,
      recordSteps: true,
    });
    // step 0: A prefill 4            0 –  14 ms, formed at 0
    // step 1: A decode              14 –  24 ms, formed at 0
    // step 2: A decode + B prefill  24 –  36 ms, formed at 14: B waited for the batch already formed
    // step 3: B decode              36 –  46 ms, formed at 24: A is certain to end with step 2
    // C reaches the engine at 30; formed at 36:
    // step 4: C prefill             46 –  59 ms
    expect(trace.steps!.startedAtUs).toEqual(Float64Array.of(0, 14_000, 24_000, 36_000, 46_000));
    expect(trace.steps!.scheduledAtUs).toEqual(Float64Array.of(0, 0, 14_000, 24_000, 36_000));
    expect(trace.steps!.periodUs).toEqual(Float64Array.of(14_000, 10_000, 12_000, 10_000, 13_000));
    expect(trace.steps!.running).toEqual(Int32Array.of(1, 1, 2, 2, 2));
    expect(trace.requests.firstTokenAtUs).toEqual(Float64Array.of(14_000, 36_000, 59_000));
    expect(trace.requests.finishedAtUs).toEqual(Float64Array.of(36_000, 46_000, 59_000));
    expect(trace.requests.arrivedStep).toEqual(Int32Array.of(-1, 0, 2));
    expect(trace.requests.queuedAtUs).toEqual(Float64Array.of(0, 14_000, 36_000));
  });

  it('synchronously, with 1 ms of host time a step', () => {
    const { trace } = simulate({
      arch: LLAMA_8B,
      gpu: H100,
      server: server({ asyncScheduling: false }),
      requests,
      latency: { ...latency, hostStepUs: 1_000 },
      recordSteps: true,
    });
    // step 0: A prefill 4            1 –  15 ms, formed at 0
    // step 1: A decode + B prefill  16 –  28 ms
    // step 2: A decode + B decode   29 –  39 ms
    // step 3: C prefill             40 –  53 ms (arrived at 30)
    expect(trace.steps!.startedAtUs).toEqual(Float64Array.of(1_000, 16_000, 29_000, 40_000));
    expect(trace.requests.firstTokenAtUs).toEqual(Float64Array.of(15_000, 28_000, 53_000));
    expect(trace.requests.finishedAtUs).toEqual(Float64Array.of(39_000, 39_000, 53_000));
  });
});

describe('a front end that takes time for every output token, worked by hand', () => {
  it('ends each response later by its own tokens, and the next turn waits for that', () => {
    const rows = [
      { at: 0, prompt: 4, output: 3 },
      { at: 1_000, prompt: 2, output: 1 },
    ];
    const { trace } = simulate({
      arch: LLAMA_8B,
      gpu: H100,
      server: server(),
      requests: { ...table(rows), users: 1 },
      latency: { ...latency, frontAfterUs: 500, frontAfterPerOutputTokenUs: 200 },
    });
    // Tokens of A at 14, 24 and 34 ms; its client has them 0.5 ms later, and the response 3 · 0.2 ms after the last.
    // B is sent 1 ms later, at 36.1, to an idle engine: prefill 36.1 – 48.1.
    const { arrivedAtUs, firstTokenAtUs, finishedAtUs } = trace.requests;
    expect(arrivedAtUs).toEqual(Float64Array.of(0, 36_100));
    expect(firstTokenAtUs).toEqual(Float64Array.of(14_500, 48_600));
    expect(finishedAtUs).toEqual(Float64Array.of(35_100, 48_800));
  });
});

/** On a server with one seat. */
const run = (rows: readonly Row[], asyncScheduling = true, prices = latency) =>
  simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: server({ maxNumSeqs: 1, asyncScheduling }),
    requests: table(rows),
    latency: prices,
    recordSteps: true,
  }).trace;

describe('an end-of-sequence token worked by hand', () => {
  const next = { at: 5_000, prompt: 3, output: 1 };

  it('wastes a decode and holds the only seat for it', () => {
    const { steps, requests } = run([{ at: 0, prompt: 4, output: 9, stop: 2 }, next]);
    // step 0: A prefill 4             0 – 14 ms, formed at 0
    // step 1: A decode               14 – 24 ms, formed at 0; its token ends A, which is known at 24
    // step 2: A decode, wasted       24 – 34 ms, formed at 14
    // step 3: B prefill 3            34 – 47 ms, formed at 24
    expect(steps!.startedAtUs).toEqual(Float64Array.of(0, 14_000, 24_000, 34_000));
    expect(steps!.scheduledAtUs).toEqual(Float64Array.of(0, 0, 14_000, 24_000));
    expect(steps!.decodeRequests).toEqual(Float64Array.of(0, 1, 1, 0));
    expect(requests.finishedAtUs).toEqual(Float64Array.of(24_000, 47_000));
    expect(requests.outputTokens).toEqual(Int32Array.of(2, 1));
  });

  it('wastes nothing when max_tokens ends the request there anyway', () => {
    const { steps, requests } = run([{ at: 0, prompt: 4, output: 2, stop: 2 }, next]);
    // A's seat frees at 24; the loop, having found nothing to dispatch at 14, then sleeps 1 ms.
    expect(steps!.startedAtUs).toEqual(Float64Array.of(0, 14_000, 25_000));
    expect(requests.finishedAtUs).toEqual(Float64Array.of(24_000, 38_000));
  });

  it('wastes nothing under synchronous scheduling', () => {
    const { steps } = run([{ at: 0, prompt: 4, output: 9, stop: 2 }, next], false);
    expect(steps!.startedAtUs).toEqual(Float64Array.of(0, 14_000, 24_000));
  });
});

describe('clients that give up, worked by hand', () => {
  const next = { at: 5_000, prompt: 3, output: 1 };
  const aborted = REQUEST_STATUSES.indexOf('aborted');

  it('free their seat once the engine wakes, before it looks at the tokens of that batch', () => {
    const { steps, requests } = run([{ at: 0, prompt: 4, output: 9, abortAfter: 20_000 }, next]);
    // step 0: A prefill 4             0 – 14 ms, formed at 0
    // step 1: A decode               14 – 24 ms, formed at 0
    // step 2: A decode               24 – 34 ms, formed at 14
    // The abort comes at 20 and is applied at 24: A has one token, those of steps 1 and 2 are thrown away.
    // step 3: B prefill 3            34 – 47 ms, formed at 24
    expect(steps!.startedAtUs).toEqual(Float64Array.of(0, 14_000, 24_000, 34_000));
    expect(steps!.scheduledAtUs).toEqual(Float64Array.of(0, 0, 14_000, 24_000));
    expect(requests.status).toEqual(Uint8Array.of(aborted, 0));
    expect(requests.outputTokens).toEqual(Int32Array.of(1, 1));
    expect(requests.firstTokenAtUs).toEqual(Float64Array.of(14_000, 47_000));
    expect(requests.finishedAtUs).toEqual(Float64Array.of(20_000, 47_000));
    expect(requests.finishedStep).toEqual(Int32Array.of(-1, 3));
  });

  it('never run when they were still waiting', () => {
    const { steps, requests } = run([
      { at: 0, prompt: 4, output: 2 },
      { ...next, abortAfter: 3_000 },
    ]);
    expect(steps!.startedAtUs).toEqual(Float64Array.of(0, 14_000));
    expect(requests.outputTokens).toEqual(Int32Array.of(2, 0));
    expect(requests.scheduledAtUs).toEqual(Float64Array.of(0, NaN));
    expect(requests.finishedAtUs).toEqual(Float64Array.of(24_000, 8_000));
  });

  it('do not see a response that was on its way', () => {
    const late = { at: 0, prompt: 4, output: 2, abortAfter: 25_000 };
    const { requests } = run([late], true, { ...latency, frontAfterUs: 5_000 });
    // The engine has the last token at 24 ms, the client would have it at 29.
    expect(requests.status).toEqual(Uint8Array.of(aborted));
    expect(requests.outputTokens).toEqual(Int32Array.of(2));
    expect(requests.firstTokenAtUs).toEqual(Float64Array.of(19_000));
    expect(requests.finishedAtUs).toEqual(Float64Array.of(25_000));
  });

  it('send their next request when they give up', () => {
    const rows = [
      { at: 0, prompt: 4, output: 9, abortAfter: 20_000 },
      { at: 1_000, prompt: 3, output: 1 },
    ];
    const requests = { ...table(rows), users: 1 };
    const { trace } = simulate({
      arch: LLAMA_8B,
      gpu: H100,
      server: server(),
      requests,
      latency,
      check: true,
    });
    expect(trace.requests.arrivedAtUs).toEqual(Float64Array.of(0, 21_000));
  });
});
