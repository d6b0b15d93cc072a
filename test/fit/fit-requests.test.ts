import { describe, expect, test } from 'vitest';
import { priceWith } from '../../src/coefficients/price.js';
import { fitRequests, fittedValues, type RequestRun } from '../../src/fit/index.js';
import type { Trace } from '../../src/trace/trace.js';
import { PLANTED, TOY_BASIS, toyContext } from './toy-basis.js';
import { traceOf } from './step-table.js';
import { simulateToy, type ToyLoad } from './toy-simulator.js';

/** Arrivals at irregular gaps, so that batches of many sizes occur. */
const load = (gapUs: number, requests = 80): ToyLoad => ({
  arrivals: Array.from({ length: requests }, (_, i) => ({
    atUs: gapUs * (i + 0.7 * Math.sin(5 * i) + 0.02 * i * (i % 9)),
    stage: 0,
  })).toSorted((a, b) => a.atUs - b.atUs),
  promptTokens: 40,
  outputTokens: 20,
  maxNumSeqs: 64,
});

const traced = (layers: number, gapUs: number, values: Record<string, number> = PLANTED): Trace =>
  simulateToy(load(gapUs), priceWith(TOY_BASIS, values, toyContext(layers)));

const runOf = (id: string, layers: number, gapUs: number): RequestRun => ({
  id,
  trace: traced(layers, gapUs),
  context: toyContext(layers),
});
const RUNS = [runOf('busy', 10, 4000), runOf('calm', 20, 9000), runOf('idle', 30, 60_000)];

const withRequests = (trace: Trace, changes: Partial<Trace['requests']>): Trace => ({
  ...trace,
  requests: { ...trace.requests, ...changes },
});
const errorCode = (code: string): unknown => expect.objectContaining({ code });

describe('fitRequests', () => {
  test('recovers planted step and front-end coefficients from instants of requests', () => {
    const runs = RUNS.map((run) => ({
      ...run,
      timeline: { trace: run.trace, frontBeforeUs: (PLANTED.front * 1000) / 2 },
    }));
    const values = fittedValues(fitRequests(TOY_BASIS, runs, { priorNoiseRatio: 0 }));
    for (const [name, planted] of Object.entries(PLANTED)) expect(values[name]).toBeCloseTo(planted, 3);
  });

  test('with steps whose start is unknown, takes the middle of the step an arrival fell into', () => {
    const runs = RUNS.map((run) => {
      const { startedAtUs: _, ...steps } = run.trace.steps!;
      return { ...run, trace: { ...run.trace, steps } };
    });
    const { coefficients, trainErrors } = fitRequests(TOY_BASIS, runs, { priorNoiseRatio: 0 });
    const front = coefficients.find(({ name }) => name === 'front')!;
    expect(Math.abs(front.value - PLANTED.front)).toBeLessThan(0.3);
    expect(trainErrors.find(({ kind }) => kind === 'ttft')!.errors.mapePct).toBeGreaterThan(1);
  });

  test('uses a simulated timeline in place of unrecorded steps', () => {
    const guess = { ...PLANTED, step: 1150, token: 11 };
    const runs = [10, 20].map((layers) => ({
      id: `${layers} layers`,
      trace: traceOf({ requests: traced(layers, 8000).requests }, 'client'),
      context: toyContext(layers),
      timeline: { trace: traced(layers, 8000, guess), frontBeforeUs: (guess.front * 1000) / 2 },
    }));
    const values = fittedValues(fitRequests(TOY_BASIS, runs));
    expect(Math.abs(values['step']! - PLANTED.step)).toBeLessThan(40);
  });

  test('sees no front end in instants of the engine’s own clock', () => {
    const engine = {
      ...RUNS[0]!,
      trace: { ...RUNS[0]!.trace, meta: { ...RUNS[0]!.trace.meta, clock: 'engine' } as const },
    };
    const { coefficients } = fitRequests(TOY_BASIS, [engine]);
    expect(coefficients.find(({ name }) => name === 'front')!.dataShareRatio).toBeCloseTo(0, 6);
  });

  test('counts what it leaves out', () => {
    const { trace } = RUNS[0]!;
    const { requests } = trace;
    const changed = withRequests(trace, {
      status: requests.status.map((status, i) => (i < 3 ? 1 : status)),
      firstTokenStep: requests.firstTokenStep!.map((step, i) => (i === 3 ? -1 : step)),
      outputTokens: requests.outputTokens.map((tokens, i) => (i === 4 || i === 5 ? 1 : tokens)),
      firstTokenAtUs: requests.firstTokenAtUs.map((instant, i) => (i === 6 ? NaN : instant)),
    });
    const result = fitRequests(TOY_BASIS, [{ ...RUNS[0]!, trace: changed }]);
    const counts = Object.fromEntries(result.diagnostics.map(({ code, count }) => [code, count]));
    expect(counts).toEqual({
      FIT_REQUEST_NOT_FINISHED: 3,
      FIT_REQUEST_NO_STEPS: 1,
      FIT_REQUEST_NO_DECODE: 3,
      FIT_REQUEST_NO_FIRST_TOKEN: 1,
    });
    expect(result.rowsUsed).toBe(2 * 80 - 2 * 4 - 3 - 1);
  });

  test('scores a held-out run', () => {
    const result = fitRequests(TOY_BASIS, RUNS, { heldOut: ['calm'] });
    expect(result.groupsHeldOut).toEqual(['calm']);
    expect(result.heldOutErrors.find(({ kind }) => kind === 'decode')!.errors.mapePct).toBeLessThan(0.5);
  });

  test('refuses what it cannot fit', () => {
    const run = RUNS[0]!;
    const refit = (trace: Trace) => (): unknown => fitRequests(TOY_BASIS, [{ ...run, trace }]);
    const { steps, requests } = run.trace;
    expect(refit(traceOf({ steps: steps! }))).toThrow(errorCode('TRACE_EMPTY'));
    expect(refit(traceOf({ requests }))).toThrow(errorCode('TRACE_EMPTY'));
    const sampled = { ...steps!, id: steps!.id.map((id) => 10 * id) };
    expect(refit(traceOf({ steps: sampled, requests }))).toThrow(/they are sampled/u);
    const { firstTokenStep: _, ...unplaced } = requests;
    expect(refit(traceOf({ steps: steps!, requests: unplaced }))).toThrow(errorCode('FIT_INVALID'));
    const timeline = {
      trace: simulateToy(load(4000, 79), priceWith(TOY_BASIS, PLANTED, run.context)),
      frontBeforeUs: 0,
    };
    expect(() => fitRequests(TOY_BASIS, [{ ...run, timeline }])).toThrow(/holds 79 requests, the run 80/u);
  });
});
