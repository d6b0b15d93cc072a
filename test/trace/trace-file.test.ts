import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { filesToTrace, traceToFiles } from '../../src/trace/trace-file.js';
import {
  REQUEST_STATUSES,
  type RequestColumns,
  type StepColumns,
  type Trace,
} from '../../src/trace/trace.js';
import { refusal } from '../refusal.js';

/** −1 and NaN are "not known"; −0 is excluded since CSV does not tell it from 0. */
const us = fc.oneof(
  fc.constant(Number.NaN),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const wait = fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 1e12, noNaN: true }));
const amount = fc.oneof(
  fc.constant(Number.NaN),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const int = fc.integer({ min: -1, max: 2 ** 31 - 1 });
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((s) => s.trim() !== '');

const floats = (count: number, cell = us): fc.Arbitrary<Float64Array> =>
  fc.array(cell, { minLength: count, maxLength: count }).map((values) => Float64Array.from(values));
const ints = (count: number): fc.Arbitrary<Int32Array> =>
  fc.array(int, { minLength: count, maxLength: count }).map((values) => Int32Array.from(values));

/** Instants of requests none of which goes back in time, known or not. */
const instantsAfter = (before: Float64Array, waits: Float64Array): Float64Array =>
  before.map((at, row) => (Number.isNaN(waits[row]!) ? NaN : at + waits[row]!));

function requestColumns(count: number): fc.Arbitrary<RequestColumns> {
  const arrivals = fc
    .array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: count, maxLength: count })
    .map((values) =>
      Float64Array.from(values)
        .toSorted()
        .map((value) => value + 0),
    );
  const waits = fc
    .array(wait, { minLength: count, maxLength: count })
    .map((values) => Float64Array.from(values));
  const columns = fc.record(
    {
      count: fc.constant(count),
      ids: fc.array(text, { minLength: count, maxLength: count }),
      arrivedAtUs: arrivals,
      queuedAtUs: waits,
      firstTokenAtUs: waits,
      finishedAtUs: waits,
      promptTokens: ints(count),
      outputTokens: ints(count),
      cachedTokens: ints(count),
      promptId: ints(count),
      stage: fc
        .array(fc.nat(65_535), { minLength: count, maxLength: count })
        .map((values) => Uint16Array.from(values)),
      status: fc
        .array(fc.nat(REQUEST_STATUSES.length - 1), { minLength: count, maxLength: count })
        .map((values) => Uint8Array.from(values)),
      finishedStep: ints(count),
    },
    {
      requiredKeys: [
        'count',
        'arrivedAtUs',
        'firstTokenAtUs',
        'finishedAtUs',
        'promptTokens',
        'outputTokens',
        'stage',
        'status',
      ],
    },
  );
  return columns.map((request) => {
    const { arrivedAtUs, queuedAtUs } = request;
    const known = (instants: Float64Array): Float64Array =>
      instants.map((at, row) => (Number.isNaN(at) ? arrivedAtUs[row]! : at));
    const queued = queuedAtUs && instantsAfter(arrivedAtUs, queuedAtUs);
    const firstTokenAtUs = instantsAfter(queued ? known(queued) : arrivedAtUs, request.firstTokenAtUs);
    // no earlier than any of the others
    const last = known(firstTokenAtUs).map((at, row) => Math.max(at, queued ? known(queued)[row]! : at));
    return {
      ...request,
      ...(queued === undefined ? {} : { queuedAtUs: queued }),
      firstTokenAtUs,
      finishedAtUs: instantsAfter(last, request.finishedAtUs),
    };
  });
}

function stepColumns(count: number): fc.Arbitrary<StepColumns> {
  const [float, whole] = [floats(count, amount), ints(count)];
  return fc.record(
    {
      count: fc.constant(count),
      id: whole,
      scheduledAtUs: float,
      startedAtUs: float,
      periodUs: float,
      prefillTokens: float,
      prefillRequests: float,
      decodeRequests: float,
      decodeContextTokens: float,
      prefillContextTokens: float,
      prefillAttentionPairs: float,
      prefillPromptPairs: float,
      newRequests: float,
      running: whole,
      waiting: whole,
      kvBlocksUsed: whole,
    },
    {
      requiredKeys: [
        'count',
        'id',
        'scheduledAtUs',
        'periodUs',
        'prefillTokens',
        'prefillRequests',
        'decodeRequests',
        'decodeContextTokens',
        'prefillContextTokens',
        'prefillAttentionPairs',
        'prefillPromptPairs',
        'newRequests',
        'running',
        'waiting',
        'kvBlocksUsed',
      ],
    },
  );
}

const meta = fc.record(
  {
    source: text,
    synthetic: fc.boolean(),
    clock: fc.constantFrom('client', 'engine', 'simulated'),
    model: text,
    server: fc.record({ maxNumSeqs: fc.nat(), asyncScheduling: fc.boolean() }, { requiredKeys: [] }),
    files: fc.array(fc.record({ path: text, sha256: text }), { maxLength: 2 }),
  },
  { requiredKeys: ['source', 'synthetic', 'clock'] },
);

const stage = fc.record(
  {
    stage: fc.oneof(fc.constant('all' as const), fc.nat(9)),
    requests: fc.nat(),
    failed: fc.nat(),
    requestedRatePerS: fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0),
    metrics: fc.dictionary(fc.constantFrom('ttftMeanMs', 'e2eMeanMs'), fc.integer(), {
      noNullPrototype: true,
    }),
  },
  { requiredKeys: ['stage', 'requests', 'failed', 'metrics'] },
);

const traces: fc.Arbitrary<Trace> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([requests, steps]) =>
    fc.record(
      {
        meta,
        requests: requestColumns(requests),
        steps: stepColumns(steps),
        stages: fc.array(stage, { maxLength: 2 }),
        diagnostics: fc.array(
          fc.record({
            code: text,
            kind: fc.constantFrom('dropped', 'repaired', 'doubt'),
            count: fc.nat(),
            message: text,
          }),
          { maxLength: 2 },
        ),
      },
      { requiredKeys: ['meta', 'requests', 'diagnostics'] },
    ),
  );

const HEAD =
  '{"format":"trueline-trace","version":1,"meta":{"source":"x","synthetic":true,"clock":"client"},"diagnostics":[]}';

describe('the normalised form', () => {
  test.prop([traces])('gives back the trace that was written', (trace) => {
    expect(filesToTrace(traceToFiles(trace))).toEqual(trace);
  });

  test.prop([traces])('is the same text when written again', (trace) => {
    const files = traceToFiles(trace);
    expect(traceToFiles(filesToTrace(files))).toEqual(files);
  });

  it('writes unknown values as empty cells and statuses as words', () => {
    const files = traceToFiles({
      meta: { source: 'x', synthetic: true, clock: 'client' },
      requests: {
        count: 1,
        arrivedAtUs: Float64Array.of(5),
        firstTokenAtUs: Float64Array.of(NaN),
        finishedAtUs: Float64Array.of(9.5),
        promptTokens: Int32Array.of(-1),
        outputTokens: Int32Array.of(3),
        stage: Uint16Array.of(0),
        status: Uint8Array.of(1),
      },
      diagnostics: [],
    });
    expect(files['requests.csv']).toBe(
      'arrivedAtUs,firstTokenAtUs,finishedAtUs,promptTokens,outputTokens,stage,status\n5,,9.5,,3,0,failed\n',
    );
    expect(files['steps.csv']).toBeUndefined();
  });

  it.each([
    ['-1,6,7,8,9,0,finished', 'TRACE_INVALID', 'arrives'],
    ['5,4,7,8,9,0,finished', 'TRACE_CLOCK', '`firstTokenAtUs` lies before `arrivedAtUs`'],
    ['5,8,7,8,9,0,finished', 'TRACE_CLOCK', '`finishedAtUs` lies before `firstTokenAtUs`'],
    ['5,,4,8,9,0,finished', 'TRACE_CLOCK', '`finishedAtUs` lies before `arrivedAtUs`'],
    ['5,6,7,-8,9,0,finished', 'TRACE_INVALID', '`promptTokens`'],
    ['5,6,7,8,3000000000,0,finished', 'TRACE_INVALID', '`outputTokens`'],
    ['5,6,7,8,9,65536,finished', 'TRACE_INVALID', '`stage`'],
    ['5,6,7,8,9,,finished', 'TRACE_INVALID', '`stage`'],
  ])('is refused with the line of a request that cannot be: %s', (row, code, says) => {
    const csv = `arrivedAtUs,firstTokenAtUs,finishedAtUs,promptTokens,outputTokens,stage,status\n0,1,1,1,1,0,finished\n${row}\n`;
    const error = refusal(() => filesToTrace({ 'trace.json': HEAD, 'requests.csv': csv }, 'run'));
    expect(error).toMatchObject({ code, file: 'run/requests.csv', line: 3 });
    expect(error.message).toContain(says);
  });

  it('is refused with the line of a step that takes less than no time', () => {
    const requests = 'arrivedAtUs,firstTokenAtUs,finishedAtUs,promptTokens,outputTokens,stage,status\n';
    const columns =
      'id,scheduledAtUs,periodUs,prefillTokens,prefillRequests,decodeRequests,decodeContextTokens';
    const others =
      'prefillContextTokens,prefillAttentionPairs,prefillPromptPairs,newRequests,running,waiting,kvBlocksUsed';
    const steps = `${columns},${others}\n0,0,-5,1,1,0,0,0,1,0,1,1,0,1\n`;
    const files = { 'trace.json': HEAD, 'requests.csv': requests, 'steps.csv': steps };
    expect(refusal(() => filesToTrace(files))).toMatchObject({
      code: 'TRACE_INVALID',
      file: 'steps.csv',
      line: 2,
    });
  });

  it('survives Windows line ends and a byte order mark', () => {
    const csv =
      'arrivedAtUs,firstTokenAtUs,finishedAtUs,promptTokens,outputTokens,stage,status\r\n5,6,7,8,9,0,finished\r\n';
    expect(filesToTrace({ 'trace.json': HEAD, 'requests.csv': csv }).requests.finishedAtUs[0]).toBe(7);
  });
});
