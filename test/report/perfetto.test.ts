import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/engine/index.js';
import { LaneQueue } from '../../src/report/perfetto/lane-queue.js';
import { renderPerfetto } from '../../src/report/index.js';
import type { Trace } from '../../src/trace/trace.js';
import { affineLatency, H100, LLAMA_8B, server, table } from '../engine/setup.js';
import { refusal } from '../refusal.js';
import { simulatedTrace } from './simulated-trace.js';
import { endOf, GPU_TRACK, slicesOf, timelineOf, type TimelineEvent } from './timeline.js';

const REQUESTS = 2;

/** Instant and first argument of every event of a name. */
const valuesOf = (events: readonly TimelineEvent[], name: string): (readonly [number, unknown])[] =>
  events.flatMap((one) =>
    one.ph !== 'M' && one.name === name ? [[one.ts, Object.values(one.args)[0]] as const] : [],
  );

describe('the timeline of three requests worked by hand', () => {
  // The client is 2 ms before the engine and 3 ms behind it. In ms:
  // step 0: A prefill 4            2 – 16, formed at 2
  // step 1: A decode              16 – 26, formed at 2
  // step 2: A decode + B prefill  26 – 38, formed at 16
  // step 3: B decode              38 – 48, formed at 26
  // step 4: C prefill             48 – 61, formed at 38
  const events = timelineOf(simulatedTrace());

  it('has a slice for each step on the GPU, with its batch', () => {
    const steps = slicesOf(events, GPU_TRACK.pid, GPU_TRACK.tid);
    expect(steps.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
      ['prefill', 2_000, 14_000],
      ['decode', 16_000, 10_000],
      ['mixed', 26_000, 12_000],
      ['decode', 38_000, 10_000],
      ['prefill', 48_000, 13_000],
    ]);
    // A holds 4 prompt tokens and generates its third token: 6 in the cache; B's prompt is 2
    expect(steps[2]?.args).toMatchObject({
      prefillTokens: 2,
      prefillRequests: 1,
      decodeRequests: 1,
      decodeContextTokens: 6,
      prefillContextTokens: 2,
      newRequests: 1,
    });
  });

  it('has an instant and counters where each step was formed', () => {
    expect(valuesOf(events, 'schedule()').map(([ts]) => ts)).toEqual([2_000, 2_000, 16_000, 26_000, 38_000]);
    expect(valuesOf(events, 'running requests').map(([, value]) => value)).toEqual([1, 1, 2, 2, 2]);
    expect(valuesOf(events, 'waiting requests').map(([, value]) => value)).toEqual([0, 0, 0, 0, 0]);
    // every request fits into a block of 16 tokens; B's last token is not back when C joins
    expect(valuesOf(events, 'KV blocks used').map(([, value]) => value)).toEqual([1, 1, 2, 2, 2]);
  });

  it('has a slice for each request with its phases in it, in the lowest place that is free', () => {
    const lives = slicesOf(events, REQUESTS).map((slice) => [slice.tid, slice.name, slice.ts, endOf(slice)]);
    expect(lives).toEqual([
      [1, 'request 0', 0, 41_000],
      [1, 'queued', 0, 2_000],
      [1, 'prefill', 2_000, 19_000],
      [1, 'decode', 19_000, 41_000],
      [2, 'request 1', 5_000, 51_000],
      [2, 'queued', 5_000, 16_000],
      [2, 'prefill', 16_000, 41_000],
      [2, 'decode', 41_000, 51_000],
      [3, 'request 2', 30_000, 64_000],
      [3, 'queued', 30_000, 38_000],
      [3, 'prefill', 38_000, 64_000],
    ]);
  });

  it('ends a request that was aborted in the phase it had reached', () => {
    const trace = simulatedTrace();
    const requests = {
      ...trace.requests,
      scheduledAtUs: trace.requests.scheduledAtUs!.with(1, Number.NaN),
      firstTokenAtUs: trace.requests.firstTokenAtUs.with(1, Number.NaN),
    };
    const lives = slicesOf(timelineOf({ ...trace, requests }), REQUESTS, 2);
    expect(lives.map((slice) => [slice.name, slice.ts, endOf(slice)])).toEqual([
      ['request 1', 5_000, 51_000],
      ['queued', 5_000, 51_000],
    ]);
  });

  it('is refused for anything but a simulation with its steps', () => {
    const { steps: _, ...stepless } = simulatedTrace();
    expect(refusal(() => [...renderPerfetto(stepless)]).code).toBe('TRACE_INVALID');
  });
});

const MAX_SEQS = 4;
const TOTAL_BLOCKS = 12;

/** A few requests on an engine with few seats and blocks: they queue, share steps and are preempted. */
const crowdedTrace = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 400_000 }),
      prompt: fc.integer({ min: 1, max: 80 }),
      output: fc.integer({ min: 1, max: 60 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map(
    (rows): Trace =>
      simulate({
        arch: LLAMA_8B,
        gpu: H100,
        server: server({ maxNumSeqs: MAX_SEQS, totalKvBlocks: TOTAL_BLOCKS }),
        requests: table(rows.toSorted((a, b) => a.at - b.at)),
        latency: affineLatency(
          { stepUs: 10_000 / 3, prefillTokenUs: 100 / 7, decodeUs: 0.1, contextTokenUs: 1 / 3 },
          { frontBeforeUs: 2_000 / 3, frontAfterUs: 1_000 / 7, hostStepUs: 10 / 3 },
        ),
        recordSteps: true,
      }).trace,
  );

/** Events by track: a thread's slices and instants, or a counter. */
function tracks(events: readonly TimelineEvent[]): Map<string, Exclude<TimelineEvent, { ph: 'M' }>[]> {
  const found = new Map<string, Exclude<TimelineEvent, { ph: 'M' }>[]>();
  for (const one of events) {
    if (one.ph === 'M') continue;
    const key = JSON.stringify([one.pid, one.ph === 'C' ? one.name : one.tid]);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return found;
}

describe('every timeline', () => {
  test.prop([crowdedTrace])('has the events of a track in order, under a name', (trace) => {
    const events = timelineOf(trace);
    for (const [key, track] of tracks(events)) {
      const instants = track.map(({ ts }) => ts);
      expect(instants, key).toEqual(instants.toSorted((a, b) => a - b));
    }
    const named = events.filter(({ name }) => name === 'thread_name').map(({ pid, tid }) => `${pid}.${tid}`);
    expect(new Set(named).size).toBe(named.length);
    expect(new Set(events.map(({ pid, tid }) => `${pid}.${tid}`))).toEqual(new Set(named));
  });

  test.prop([crowdedTrace])('has no two steps on the GPU at once', (trace) => {
    const steps = slicesOf(timelineOf(trace), GPU_TRACK.pid, GPU_TRACK.tid);
    expect(steps).toHaveLength(trace.steps!.count);
    for (const [i, next] of steps.slice(1).entries())
      expect(next.ts).toBeGreaterThanOrEqual(endOf(steps[i]!));
  });

  test.prop([crowdedTrace])(
    'has no two requests in one place at once, phases back to back inside',
    (trace) => {
      const events = timelineOf(trace);
      const slices = slicesOf(events, REQUESTS);
      expect(slices.filter(({ name }) => name.startsWith('request'))).toHaveLength(trace.requests.count);
      const freeAt = new Map<number, number>();
      let open: { readonly endUs: number; fromUs: number } = { endUs: 0, fromUs: 0 };
      for (const slice of slices) {
        if (slice.name.startsWith('request')) {
          expect(open.fromUs).toBe(open.endUs);
          expect(slice.ts).toBeGreaterThanOrEqual(freeAt.get(slice.tid) ?? 0);
          open = { endUs: endOf(slice), fromUs: slice.ts };
          freeAt.set(slice.tid, open.endUs);
        } else {
          expect(slice.ts).toBe(open.fromUs);
          open.fromUs = endOf(slice);
        }
      }
      expect(open.fromUs).toBe(open.endUs);
    },
  );

  test.prop([crowdedTrace])('counts within the limits of the server', (trace) => {
    const most = { running: MAX_SEQS, waiting: trace.requests.count, blocks: TOTAL_BLOCKS - 1 };
    const counters = timelineOf(trace).filter(({ ph }) => ph === 'C');
    expect(counters).toHaveLength(3 * trace.steps!.count);
    for (const { args } of counters) {
      for (const [name, limit] of Object.entries(most)) {
        const value = new Map(Object.entries(args)).get(name);
        if (value === undefined) continue;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(limit);
      }
    }
  });

  test.prop([crowdedTrace])('is the same whenever it is made', (trace) => {
    expect([...renderPerfetto(trace)]).toEqual([...renderPerfetto(trace)]);
  });
});

describe('names from outside', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '"}],"traceEvents":[{',
      '</script><script>alert(1)</script>',
      'a\n{"ph":"X"},',
      '\u202eb\u0007',
    ),
  );

  test.prop([hostile])('stay one printable name in one line', (name) => {
    const trace = simulatedTrace();
    const named: Trace = { ...trace, meta: { ...trace.meta, model: name } };
    const plain = timelineOf(trace);
    const events = timelineOf(named);
    expect([...renderPerfetto(named)].filter((line) => line.includes('\n'))).toEqual([]);
    expect(events).toHaveLength(plain.length);
    // only the name of the process differs
    expect(events.filter((one, i) => JSON.stringify(one) !== JSON.stringify(plain[i])).length).toBeLessThan(
      2,
    );
    const [{ args } = { args: {} }] = events;
    expect(JSON.stringify(args)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('lanes', () => {
  const intervals = fc
    .array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 20 })), { maxLength: 40 })
    .map((list) =>
      list.toSorted(([a], [b]) => a - b).map(([start, length]) => ({ start, end: start + length })),
    );

  test.prop([intervals])('are as many as intervals overlap, and never shared', (list) => {
    const queue = new LaneQueue();
    const placed = list.map(({ start, end }) => ({ start, end, lane: queue.take(start, end) }));
    for (const [i, one] of placed.entries()) {
      const meets = placed.slice(0, i).filter(({ end }) => end > one.start);
      expect(meets.map(({ lane }) => lane)).not.toContain(one.lane);
      const lowest = Array.from({ length: i + 1 }, (_, lane) => lane).find(
        (lane) => !meets.some((other) => other.lane === lane),
      );
      expect(one.lane).toBe(lowest);
    }
  });
});
