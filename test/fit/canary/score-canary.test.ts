import { describe, expect, it } from 'vitest';
import { scoreCanary } from '../../../src/fit/index.js';
import { refusal } from '../../refusal.js';
import { measuredWith, NOISE, toyInput, TOY_RUNS, TOY_SET } from './toy-set.js';

const score = (changed: Readonly<Record<string, number>>) =>
  scoreCanary({ runs: toyInput(TOY_RUNS.map((run) => measuredWith(run, changed))) }, TOY_SET, NOISE);
const verdicts = ({ metrics }: ReturnType<typeof score>) =>
  Object.fromEntries(metrics.map(({ metric, verdict }) => [metric, verdict]));

describe('scoreCanary', () => {
  it('finds a set true where nothing changed', () => {
    const found = score({});
    expect(verdicts(found)).toEqual({
      ttftMeanMs: 'still true',
      itlMeanMs: 'still true',
      e2eMeanMs: 'still true',
    });
    expect(found.metrics[1]!.meanErrorPct).toBeCloseTo(0, 6);
    expect(found.causes).toEqual([]);
  });

  it.each([
    ['request', { request: 160 }],
    ['step', { step: 1400 }],
    ['front', { front: 4.2 }],
  ])('points to %s where it grew', (cause, changed) => {
    const found = score(changed);
    expect(found.metrics.some(({ verdict }) => verdict === 'drifted')).toBe(true);
    expect(found.causes[0]).toMatchObject({ cause, isPossible: true });
    expect(found.causes[0]!.explainedRatio).toBeGreaterThan(0.9);
  });

  it('sees the front end in TTFT and not in the time per token', () => {
    expect(verdicts(score({ front: 4.2 }))).toMatchObject({ ttftMeanMs: 'drifted', itlMeanMs: 'still true' });
  });

  it('cannot say where the set itself hardly knows', () => {
    const vague = { ...TOY_SET, uncertainty: { ...TOY_SET.uncertainty!, stepTimeLogSd: 0.1 } };
    const { metrics } = scoreCanary({ runs: toyInput(TOY_RUNS) }, vague, NOISE);
    expect(metrics.find(({ metric }) => metric === 'itlMeanMs')?.verdict).toBe('too noisy');
  });

  it('sees a small change of the same runs where the set is far off', () => {
    const before = TOY_RUNS.map((run) => measuredWith(run, { step: 1500 }));
    const after = TOY_RUNS.map((run) => measuredWith(run, { step: 1600 }));
    const unchanged = scoreCanary({ runs: toyInput(before), before: toyInput(before) }, TOY_SET, NOISE);
    expect(verdicts(unchanged)).toMatchObject({ itlMeanMs: 'still true', e2eMeanMs: 'still true' });
    const changed = scoreCanary({ runs: toyInput(after), before: toyInput(before) }, TOY_SET, NOISE);
    expect(verdicts(changed)).toMatchObject({ itlMeanMs: 'drifted' });
    expect(changed.causes.find(({ isPossible }) => isPossible)?.cause).toBe('step');
  });

  it('judges with the correction of the set', () => {
    const scope = { model: 'toy-20', gpu: 'toy-gpu' };
    const scales = { stepScaleRatio: 1.1, stepScaleLogSd: 0, frontScaleRatio: 1, frontScaleLogSd: 0 };
    const prior = { stepLogSd: 1, frontLogSd: 1 };
    const set = { ...TOY_SET, corrections: [{ scope, ...scales, prior, experiments: [], sources: [] }] };
    const { runs } = scoreCanary({ runs: toyInput(TOY_RUNS) }, set, NOISE);
    const itlErrors = runs.map(
      ({ figures }) => figures.find(({ metric }) => metric === 'itlMeanMs')!.errorLog,
    );
    expect(itlErrors[0]).toBeCloseTo(0, 6);
    // queues amplify it a little
    expect(itlErrors[2]).toBeGreaterThanOrEqual(Math.log(1.1) - 1e-6);
    expect(itlErrors[2]).toBeLessThan(Math.log(1.13));
  });

  it('refuses a set that does not say how far it is off, and a run that was not measured before', () => {
    const { uncertainty: _unknown, ...bare } = TOY_SET;
    expect(refusal(() => scoreCanary({ runs: toyInput(TOY_RUNS) }, bare, NOISE)).code).toBe(
      'COEFFICIENTS_INVALID',
    );
    const before = toyInput(TOY_RUNS.slice(0, 1));
    const error = refusal(() => scoreCanary({ runs: toyInput(TOY_RUNS), before }, TOY_SET, NOISE));
    expect(error.code).toBe('KEY_UNKNOWN');
    expect(error.message).toContain('`calm`');
  });
});
