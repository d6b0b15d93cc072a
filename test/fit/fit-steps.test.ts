import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { priceWith } from '../../src/coefficients/price.js';
import { fitSteps, fittedValues, type StepRun } from '../../src/fit/index.js';
import { PLANTED, TOY_BASIS, toyContext } from './toy-basis.js';
import { stepTable, traceOf, type StepTable } from './step-table.js';

/** Steps of many batch shapes, timed by the planted coefficients times `noise(step)`. */
function variedSteps(layers: number, noise: (step: number) => number = () => 1): StepTable {
  const latency = priceWith(TOY_BASIS, { ...PLANTED }, toyContext(layers));
  const steps = stepTable();
  for (let i = 0; i < 120; i++) {
    steps.decodes(1 + (i % 13), 100 * (1 + (i % 7)));
    if (i % 3 === 0) steps.prefills(1 + (i % 2), 16 * (1 + (i % 5)));
    steps.taking((batch) => latency.stepUs(batch) * noise(i));
  }
  return steps;
}

const runOf = (id: string, layers: number, noise?: (step: number) => number): StepRun => ({
  id,
  trace: traceOf({ steps: variedSteps(layers, noise).table() }),
  context: toyContext(layers),
});

const errorCode = (code: string): unknown => expect.objectContaining({ code });

describe('fitSteps', () => {
  test('recovers planted coefficients of step terms', () => {
    const result = fitSteps(TOY_BASIS, [runOf('a', 10), runOf('b', 20)]);
    const values = fittedValues(result);
    expect(values['step']).toBeCloseTo(PLANTED.step, 0);
    expect(values['request']).toBeCloseTo(PLANTED.request, 1);
    expect(values['token']).toBeCloseTo(PLANTED.token, 2);
    expect(result.kktViolation).toBeLessThan(1e-8);
  });

  test.prop([fc.uniqueArray(fc.integer({ min: 0, max: 119 }), { minLength: 60, maxLength: 100 })])(
    'does not need every step: sampled ones give the same answer',
    (kept) => {
      const run = runOf('a', 10);
      const steps = run.trace.steps!;
      const periodUs = steps.periodUs.map((period, step) => (kept.includes(step) ? period : NaN));
      const sampled = { ...run, trace: traceOf({ steps: { ...steps, periodUs } }) };
      const result = fitSteps(TOY_BASIS, [sampled], { priorNoiseRatio: 0, priors: { front: { sd: 0 } } });
      expect(fittedValues(result)['step']).toBeCloseTo(PLANTED.step, 2);
      expect(result.rowsUsed).toBe(kept.length);
      expect(result.diagnostics).toEqual([
        expect.objectContaining({ code: 'FIT_STEP_NO_PERIOD', kind: 'dropped', count: 120 - kept.length }),
      ]);
    },
  );

  test('is not moved by a few steps that took ten times as long', () => {
    const result = fitSteps(TOY_BASIS, [runOf('a', 10, (step) => (step % 25 === 7 ? 10 : 1))]);
    expect(fittedValues(result)['step']! / PLANTED.step).toBeCloseTo(1, 2);
  });

  test('leaves what steps cannot show to the prior, and says so', () => {
    const { coefficients } = fitSteps(TOY_BASIS, [runOf('a', 10)]);
    const front = coefficients.find(({ name }) => name === 'front')!;
    expect(front.value).toBeCloseTo(2, 6);
    expect(front.dataShareRatio).toBeCloseTo(0, 6);
    expect(front).toMatchObject({ determinedBy: 'prior', method: 'assumed' });
    const kernel = coefficients.find(({ name }) => name === 'kernel')!;
    expect(kernel).toMatchObject({ value: 1, stdError: 0, determinedBy: 'fixed', method: 'assumed' });
    const step = coefficients.find(({ name }) => name === 'step')!;
    expect(step.determinedBy).toBe('data');
    expect(step.note).toContain('determined by the data');
  });

  test('scores whole runs it never saw', () => {
    const runs = [runOf('a', 10), runOf('b', 20), runOf('c', 30, (step) => (step % 2 === 0 ? 1.1 : 0.9))];
    const result = fitSteps(TOY_BASIS, runs, { heldOut: ['c'] });
    expect(result.groupsUsed).toEqual(['a', 'b']);
    expect(result.groupsHeldOut).toEqual(['c']);
    const trained = fittedValues(fitSteps(TOY_BASIS, runs.slice(0, 2)));
    expect(fittedValues(result)).toEqual(trained);
    const heldOut = result.heldOutErrors.find(({ group, kind }) => group === 'c' && kind === 'decode-step')!;
    expect(heldOut.errors.mapePct).toBeGreaterThan(9);
    expect(heldOut.errors.mapePct).toBeLessThan(11.2);
    expect(result.trainErrors[0]!.errors.mapePct).toBeLessThan(0.1);
  });

  test('weighs a long run no more than a short one', () => {
    const long = runOf('long', 10);
    const doubled = { ...runOf('short', 10, () => 1.2), id: 'short' };
    const few = doubled.trace.steps!.periodUs.map((period, step) => (step < 30 ? period : NaN));
    const short = { ...doubled, trace: traceOf({ steps: { ...doubled.trace.steps!, periodUs: few } }) };
    const { trainErrors } = fitSteps(TOY_BASIS, [long, short], { huberRatio: Infinity });
    const bias = (group: string): number =>
      trainErrors.find((entry) => entry.group === group && entry.kind === 'decode-step')!.errors.mpePct;
    expect(bias('long')).toBeGreaterThan(7);
    expect(bias('short')).toBeLessThan(-5);
  });

  test('refuses what it cannot fit', () => {
    const run = runOf('a', 10);
    const noSteps = { ...run, trace: traceOf({}) };
    expect(() => fitSteps(TOY_BASIS, [])).toThrow(errorCode('SAMPLE_EMPTY'));
    expect(() => fitSteps(TOY_BASIS, [noSteps])).toThrow(errorCode('TRACE_EMPTY'));
    const steps = { ...run.trace.steps!, periodUs: new Float64Array(120).fill(NaN) };
    expect(() => fitSteps(TOY_BASIS, [{ ...run, trace: traceOf({ steps }) }])).toThrow(
      errorCode('SAMPLE_EMPTY'),
    );
    const broken = {
      ...run.trace.steps!,
      prefillTokens: new Float64Array(120).fill(NaN),
      prefillRequests: new Float64Array(120).fill(1),
    };
    expect(() => fitSteps(TOY_BASIS, [{ ...run, trace: traceOf({ steps: broken }) }])).toThrow(
      /term "token"/u,
    );
    expect(() => fitSteps(TOY_BASIS, [run, run])).toThrow(errorCode('FIT_INVALID'));
    expect(() => fitSteps(TOY_BASIS, [run], { heldOut: ['a'] })).toThrow(errorCode('FIT_INVALID'));
    expect(() => fitSteps(TOY_BASIS, [run], { heldOut: ['b'] })).toThrow(errorCode('KEY_UNKNOWN'));
    expect(() => fitSteps(TOY_BASIS, [run], { priors: { stepp: { sd: 0 } } })).toThrow(
      /toy has no term "stepp"/u,
    );
    expect(() => fitSteps(TOY_BASIS, [run], { priorNoiseRatio: 0 })).toThrow(/"front" is 0 in every row/u);
  });
});
