import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { DiagnosticLog } from '../../src/trace/diagnostic-log.js';
import { StepRecorder, type RecordedStep } from '../../src/ingest/otlp-steps.js';
import * as timing from '../../src/ingest/step-periods.js';

const step = (id: number, scheduledAtUs: number, overrides: Partial<RecordedStep> = {}): RecordedStep => ({
  id,
  scheduledAtUs,
  running: 4,
  waiting: 0,
  prefillRequests: 0,
  prefillTokens: 0,
  decodeRequests: 4,
  decodeTokens: 4,
  finishedBefore: 0,
  kvBlocksUsed: 10,
  kvBlocksTotal: 100,
  line: 1,
  ...overrides,
});
const empty = { decodeRequests: 0, decodeTokens: 0 };

function stepPeriods(steps: readonly RecordedStep[], asynchronous: boolean): timing.StepPeriods {
  const recorder = new StepRecorder();
  for (const each of steps) recorder.add(each);
  const recorded = recorder.finish('', new DiagnosticLog());
  return timing.stepPeriods(
    recorded,
    Int32Array.from({ length: recorded.count }, (_, row) => row),
    asynchronous,
  );
}

describe('stepPeriods', () => {
  it('takes the next entry for synchronous engines', () => {
    const { periodUs } = stepPeriods([step(1, 0), step(2, 7), step(3, 9)], false);
    expect([...periodUs]).toEqual([7, 2, NaN]);
  });

  it('takes the two entries after for asynchronous ones', () => {
    const { periodUs } = stepPeriods([step(1, 0), step(2, 7), step(3, 9), step(4, 12)], true);
    expect([...periodUs]).toEqual([2, 3, NaN, NaN]);
  });

  it('leaves out steps next to an empty one and across gaps', () => {
    expect([...stepPeriods([step(1, 0), step(2, 7, empty), step(3, 9)], false).periodUs]).toEqual([
      NaN,
      NaN,
      NaN,
    ]);
    expect([...stepPeriods([step(1, 0), step(3, 7)], false).periodUs]).toEqual([NaN, NaN]);
  });

  it('times a decode-only pair by the identical batch before it', () => {
    const pair = [step(5, 0), step(6, 8)];
    expect(stepPeriods(pair, true)).toEqual({ periodUs: Float64Array.of(8, NaN), fromPreceding: 1 });
    const finished = [step(5, 0), step(6, 8, { finishedBefore: 1 })];
    expect(stepPeriods(finished, true).fromPreceding).toBe(0);
    const prefill = [step(5, 0, { prefillRequests: 1, prefillTokens: 1 }), step(6, 8)];
    expect(stepPeriods(prefill, true).fromPreceding).toBe(0);
  });

  test.prop([fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 3, maxLength: 30 }), fc.boolean()])(
    'gives back planted GPU times when every step is recorded',
    (gpuUs, asynchronous) => {
      // schedule() is entered when a step is done: after the step before (synchronous) or the one before that (two deep)
      const ends = gpuUs.reduce<number[]>((sums, us) => [...sums, (sums.at(-1) ?? 0) + us], []);
      const entry = (i: number): number => {
        const done = i - (asynchronous ? 2 : 1);
        return done < 0 ? (i - 1) * 1e-3 : (ends[done] ?? NaN);
      };
      const { periodUs } = stepPeriods(
        gpuUs.map((_, i) => step(i + 1, entry(i))),
        asynchronous,
      );
      const known = gpuUs.length - (asynchronous ? 2 : 1);
      periodUs.slice(0, known).forEach((us, i) => expect(us).toBeCloseTo(gpuUs[i] ?? NaN, 1));
      expect(periodUs.slice(known).every(Number.isNaN)).toBe(true);
    },
  );
});
