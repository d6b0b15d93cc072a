import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { checkAgainstBaseline, updatedBaseline, type FidelityRow } from '../../src/gate/index.js';
import type { ValidationResult } from '../../src/validate/index.js';
import { refusal } from '../refusal.js';
import { scaled, twelveRuns, validationOf } from './made-up-results.js';

const accepted = validationOf(twelveRuns());
const baseline = updatedBaseline(accepted, 'first');
const failed = (result: ValidationResult): readonly FidelityRow[] =>
  checkAgainstBaseline(baseline, result).fidelity.rows.filter((row) => row.verdict === 'fail');

describe('the gate', () => {
  it('passes the result that the baseline was made of, row for row', () => {
    const gate = checkAgainstBaseline(baseline, accepted);
    expect(gate.drift.passed && gate.fidelity.passed).toBe(true);
    expect(new Set([...gate.drift.rows, ...gate.fidelity.rows].map((row) => row.verdict))).toEqual(
      new Set(['pass']),
    );
    expect(gate.drift.rows).toHaveLength(36);
  });

  it.each(['H100', 'L40S'])('catches E2E 3 %% off on %s alone, as drift and as fidelity', (gpu) => {
    const gate = checkAgainstBaseline(baseline, scaled(accepted, 'e2eMeanMs', gpu, 1.03));
    expect(gate.drift.rows.filter((row) => row.verdict === 'fail')).toHaveLength(6);
    const worse = gate.fidelity.rows.filter((row) => row.verdict === 'fail');
    expect(worse.map((row) => row.metric)).toEqual(worse.map(() => 'e2eMeanMs'));
    expect(worse.filter((row) => row.by === 'gpu').map((row) => row.group)).toEqual([gpu, gpu]);
  });

  it('calls an improvement drift, never a loss of fidelity', () => {
    const gate = checkAgainstBaseline(baseline, scaled(accepted, 'e2eMeanMs', 'H100', 1 / 1.01));
    expect(gate.drift.passed).toBe(false);
    expect(gate.fidelity.passed).toBe(true);
  });

  it('sees a TTFT and an ITL that got worse although E2E stayed right', () => {
    const cancelling = scaled(scaled(accepted, 'ttftMeanMs', 'H100', 1.2), 'itlMeanMs', 'H100', 1.05);
    const metrics = new Set(failed(cancelling).map((row) => row.metric));
    expect(metrics).toEqual(new Set(['ttftMeanMs', 'itlMeanMs']));
  });

  it('fails one spoilt run although the averages hold', () => {
    const runs = twelveRuns();
    const spoilt = { ...runs[3]!, predicted: [[40, 13.2, 2700]] as const };
    const worse = failed(validationOf(runs.map((run, i) => (i === 3 ? spoilt : run))));
    expect(worse.filter((row) => row.by === 'experiment').map((row) => row.group)).toContain('3');
  });

  it('does not let a run vanish', () => {
    const gate = checkAgainstBaseline(baseline, validationOf(twelveRuns().slice(1)));
    const lost = gate.drift.rows.filter((row) => row.reason === 'no longer predicted');
    expect(lost.map((row) => [row.experiment, row.verdict])).toEqual([0, 1, 2].map(() => ['0', 'fail']));
    expect(gate.fidelity.passed).toBe(true);
  });

  it('does not compare a new run', () => {
    const gate = checkAgainstBaseline(
      baseline,
      validationOf([...twelveRuns(), { ...twelveRuns()[0]!, id: 'new' }]),
    );
    const skipped = gate.drift.rows.filter((row) => row.verdict === 'not comparable');
    expect(skipped.map((row) => `${row.experiment} ${row.metric}: ${row.reason}`)).toEqual([
      'new ttftMeanMs: not in the baseline',
      'new itlMeanMs: not in the baseline',
      'new e2eMeanMs: not in the baseline',
    ]);
    expect(gate.drift.passed).toBe(true);
  });

  it.each([0, 7])('fails a run that was measured anew until it is accepted, with first seed %i', (seed) => {
    const [first, ...others] = twelveRuns();
    const remeasured = { ...first!, measured: [31, 10, 2000] as const };
    const gate = checkAgainstBaseline(baseline, validationOf([remeasured, ...others], seed));
    const failures = gate.drift.rows.filter((row) => row.verdict === 'fail');
    expect(failures.map((row) => `${row.experiment} ${row.metric}: ${row.reason}`)).toEqual([
      '0 ttftMeanMs: the measured figure is another',
    ]);
  });

  it('fails an experiment that is said to be of another GPU or split, whose errors would change groups', () => {
    const [first, ...others] = accepted.experiments;
    const told = { ...first!, gpu: 'L40S', split: 'train' } as const;
    const gate = checkAgainstBaseline(baseline, { ...accepted, experiments: [told, ...others] });
    const failures = gate.drift.rows.filter((row) => row.verdict === 'fail');
    expect(failures.map((row) => [row.experiment, row.reason])).toEqual(
      [0, 1, 2].map(() => ['0', 'split train, was test; gpu L40S, was H100']),
    );
  });

  it('refuses a baseline of another suite, and one without a run in common', () => {
    const other = refusal(() => checkAgainstBaseline({ ...baseline, suite: 'other' }, accepted));
    expect([other.code, other.message]).toEqual([
      'BASELINE_INVALID',
      'the baseline is of suite other, the result of suite made-up',
    ]);
    const renamed = validationOf(twelveRuns().map((run) => ({ ...run, id: `x${run.id}` })));
    expect(refusal(() => checkAgainstBaseline(baseline, renamed)).code).toBe('BASELINE_INVALID');
  });

  test.prop([fc.double({ min: 0.5, max: 2, noNaN: true }), fc.constantFrom('H100', 'L40S')])(
    'passes drift exactly when nothing changed, whatever the change',
    (factor, gpu) => {
      const gate = checkAgainstBaseline(baseline, scaled(accepted, 'itlMeanMs', gpu, factor));
      expect(gate.drift.passed).toBe(Math.abs(factor - 1) <= 1e-9);
    },
  );
});

/** Every prediction `spread` up under one seed and as much down under the other; other seeds when it is negative. */
const withSeeds = (spread: number): ValidationResult =>
  validationOf(
    twelveRuns().map((run) => {
      const [ttft, itl, e2e] = run.predicted[0]!;
      const under = (factor: number) => [ttft * factor, itl * factor, e2e * factor] as const;
      return { ...run, predicted: [under(1 + spread), under(1 - spread)] };
    }),
    spread > 0 ? 0 : 7,
  );

describe('other seeds', () => {
  const noisy = updatedBaseline(withSeeds(0.02), 'first');

  it('are not drift', () => {
    const gate = checkAgainstBaseline(noisy, withSeeds(-0.02));
    expect(gate.sameSeeds).toBe(false);
    expect(gate.drift.passed).toBe(true);
    expect(gate.drift.rows.every((row) => row.reason === 'other seeds')).toBe(true);
  });

  it('widen what noise explains, and do not hide more than that', () => {
    const within = checkAgainstBaseline(noisy, scaled(withSeeds(-0.02), 'e2eMeanMs', 'H100', 1.01));
    expect(within.fidelity.passed).toBe(true);
    expect(within.fidelity.rows.some((row) => row.verdict === 'noisy')).toBe(true);
    const beyond = checkAgainstBaseline(noisy, scaled(withSeeds(-0.02), 'e2eMeanMs', 'H100', 1.12));
    expect(beyond.fidelity.passed).toBe(false);
  });

  it('have the noise that two replays show, by hand', () => {
    const gate = checkAgainstBaseline(noisy, scaled(withSeeds(-0.02), 'e2eMeanMs', 'H100', 1.01));
    const row = gate.fidelity.rows.find(
      ({ by, group, metric, measure }) =>
        by === 'experiment' && group === '0' && metric === 'e2eMeanMs' && measure === 'mape',
    );
    // spread 4 % of the mean ÷ 1.128, two means of two replays; a repeat of the measurement 0.64 %
    expect(row?.noise).toBeCloseTo(3 * Math.hypot(4 / 1.128, 0.64), 9);
  });
});

describe('predictions under other seeds', () => {
  const before = updatedBaseline(withSeeds(0.001), 'first');
  const other = withSeeds(-0.001);
  const shifts = (result: ValidationResult) => checkAgainstBaseline(before, result).drift.shifts;

  it('have not shifted when only the seeds are others', () => {
    expect(shifts(other)).toHaveLength(6);
    expect(shifts(other).every((row) => row.verdict === 'pass')).toBe(true);
  });

  it.each([
    ['ttftMeanMs', 'H100', 1.03],
    ['ttftMeanMs', 'L40S', 0.97],
    ['itlMeanMs', 'L40S', 1.03],
    ['e2eMeanMs', 'H100', 0.97],
  ] as const)('have shifted when %s of %s is %f of what it was, better or worse', (metric, gpu, factor) => {
    const gate = checkAgainstBaseline(before, scaled(other, metric, gpu, factor));
    expect(gate.drift.passed).toBe(false);
    const failures = gate.drift.shifts.filter((row) => row.verdict === 'fail');
    expect(failures.map((row) => [row.metric, row.gpu, row.n])).toEqual([[metric, gpu, 6]]);
    expect(failures[0]?.changePct).toBeCloseTo(100 * (factor - 1), 6);
  });

  it('have the noise of the median, by hand', () => {
    const gate = checkAgainstBaseline(updatedBaseline(withSeeds(0.02), 'first'), withSeeds(-0.02));
    // spread 4 % of the mean ÷ 1.128, two means of two replays; the median of six runs
    const noise = (3 * Math.sqrt(Math.PI / 2) * (4 / 1.128)) / Math.sqrt(6);
    expect(gate.drift.shifts[0]?.noisePct).toBeCloseTo(noise, 9);
  });

  it('are not judged by a spread that nobody saw, nor with the same seeds', () => {
    expect(checkAgainstBaseline(baseline, validationOf(twelveRuns(), 7)).drift.shifts).toEqual([]);
    expect(checkAgainstBaseline(baseline, accepted).drift.shifts).toEqual([]);
  });
});

describe('a baseline', () => {
  it('keeps every reason, and what the gate said when it was replaced', () => {
    const worse = scaled(accepted, 'e2eMeanMs', 'H100', 1.1);
    const gate = checkAgainstBaseline(baseline, worse);
    const next = updatedBaseline(worse, 'a new kernel', { baseline, gate });
    expect(next.updates).toEqual([
      { reason: 'first', coefficientSet: 'made-up', figures: 36, changed: 36 },
      { reason: 'a new kernel', coefficientSet: 'made-up', figures: 36, changed: 6, fidelity: 'fail' },
    ]);
    expect(checkAgainstBaseline(next, worse).drift.passed).toBe(true);
  });
});
