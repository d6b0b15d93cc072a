import { describe, expect, it } from 'vitest';
import { madeUpReport, madeUpRequests, madeUpRun, madeUpSteps } from './made-up-run.js';
import { seen, verdicts } from './seen.js';

const shorter = (every: number) => {
  const steps = madeUpSteps(400, every);
  return { ...steps, periodUs: steps.periodUs.map(() => 400) };
};

describe('token-events-doubled', () => {
  const rule = 'token-events-doubled';

  it('says nothing of reports, requests and steps that agree', () => {
    expect(verdicts(rule, madeUpRun({ stages: [madeUpReport()] }))).toEqual([]);
  });

  it('finds a report at half of what its requests got', () => {
    const halved = madeUpReport({ metrics: { ttftMeanMs: 45, itlMeanMs: 7.4, e2eMeanMs: 1530 } });
    expect(verdicts(rule, madeUpRun({ stages: [halved] }))).toEqual(['error stage 0']);
  });

  it('finds it in a report alone, from its own output length: 201 gaps for 99', () => {
    const metrics = { ttftMeanMs: 45, itlMeanMs: 1485 / 201, e2eMeanMs: 1530 };
    const alone = { requests: madeUpRequests(), stages: [madeUpReport({ metrics, meanOutputTokens: 100 })] };
    const [finding] = seen(rule, madeUpRun(alone));
    expect(finding).toMatchObject({ severity: 'error', where: 'stage 0' });
    expect(finding!.figures['perTokenMs']).toBeCloseTo(15, 10);
  });

  it('finds requests that got tokens twice as often as there were steps', () => {
    const requests = madeUpRequests({ itlMs: 7.5 });
    expect(verdicts(rule, madeUpRun({ requests }))).toEqual(['error run']);
  });

  it('notes what an importer repaired and warns of what it could not', () => {
    const entry = { kind: 'repaired', count: 3, message: '' } as const;
    const repaired = madeUpRun({ diagnostics: [{ ...entry, code: 'stage-itl-doubled' }] });
    expect(verdicts(rule, repaired)).toEqual(['note run']);
    const odd = madeUpRun({ diagnostics: [{ ...entry, kind: 'doubt', code: 'stage-itl-inconsistent' }] });
    expect(verdicts(rule, odd)).toEqual(['warning run']);
  });
});

describe('output-lengths-retokenised', () => {
  const rule = 'output-lengths-retokenised';
  const said = [{ code: 'output-tokens-retokenised', kind: 'doubt', count: 1200, message: '' }] as const;

  it('says nothing of lengths that decode time follows', () => {
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });

  it('finds lengths that decode time does not follow', () => {
    const requests = madeUpRequests({ tokens: (i) => 80 + ((i * 7) % 20) });
    const [finding, ...others] = seen(rule, madeUpRun({ requests }));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'error', where: 'stage 0' });
    expect(Math.abs(finding!.figures['slope']!)).toBeLessThan(0.05);
  });

  it('does not judge lengths that hardly vary, nor a handful of requests', () => {
    const equal = madeUpRequests({ tokens: () => 97 });
    expect(verdicts(rule, madeUpRun({ requests: equal }))).toEqual([]);
    const few = madeUpRequests({ requests: 20, tokens: (i) => 80 + i });
    expect(verdicts(rule, madeUpRun({ requests: few }))).toEqual([]);
  });

  it('trusts the times more than the warning of the source', () => {
    expect(verdicts(rule, madeUpRun({ diagnostics: said }))).toEqual(['note run']);
    const untimed = { requests: madeUpRequests({ requests: 5 }), diagnostics: said };
    expect(verdicts(rule, madeUpRun(untimed))).toEqual(['warning run']);
  });

  it('notes a report that counted otherwise than the load forced', () => {
    const requests = madeUpRequests({ tokens: () => 100 });
    const stages = [madeUpReport({ meanOutputTokens: 79 })];
    expect(verdicts(rule, madeUpRun({ requests, stages }))).toEqual(['note stage 0']);
    expect(
      verdicts(rule, madeUpRun({ requests, stages: [madeUpReport({ meanOutputTokens: 100 })] })),
    ).toEqual([]);
  });
});

describe('scheduler-time-as-step', () => {
  const rule = 'scheduler-time-as-step';
  it('finds 0.4 ms for steps that start 15 ms apart, sampled or not', () => {
    expect(verdicts(rule, madeUpRun({ steps: shorter(1) }))).toEqual(['error steps']);
    expect(verdicts(rule, madeUpRun({ steps: shorter(10) }))).toEqual(['error steps']);
  });

  it('judges by the time between tokens when starts are not known', () => {
    const steps = { ...shorter(1), scheduledAtUs: new Float64Array(400).fill(NaN) };
    expect(verdicts(rule, madeUpRun({ steps }))).toEqual(['error steps']);
  });

  it('does not take pauses of the server for long steps', () => {
    const steps = madeUpSteps();
    const paused = {
      ...steps,
      scheduledAtUs: steps.scheduledAtUs.map((us, row) => us + 1e6 * Math.floor(row / 2)),
    };
    expect(verdicts(rule, madeUpRun({ steps: paused }))).toEqual([]);
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });
});

describe('units-mixed', () => {
  const rule = 'units-mixed';

  it('says nothing of the sound run with its report', () => {
    expect(verdicts(rule, madeUpRun({ stages: [madeUpReport()] }))).toEqual([]);
  });

  it('finds microseconds taken for milliseconds, in requests and in steps', () => {
    expect(
      verdicts(rule, madeUpRun({ requests: madeUpRequests({ itlMs: 15_000 * 10, ttftMs: () => 40 }) })),
    ).toContain('error stage 0');
    const steps = madeUpSteps();
    const wrong = { ...steps, periodUs: steps.periodUs.map((us) => us * 1000) };
    expect(verdicts(rule, madeUpRun({ steps: wrong }))).toEqual(['error steps']);
  });

  it('finds a report in seconds beside requests in milliseconds', () => {
    const stages = [madeUpReport({ metrics: { ttftMeanMs: 0.045, e2eMeanMs: 1.53 } })];
    expect(verdicts(rule, madeUpRun({ stages }))).toEqual([
      'error stage 0',
      'error stage 0',
      'error stage 0',
    ]);
  });
});
