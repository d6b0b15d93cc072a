import { describe, expect, it } from 'vitest';
import { renderTraceSummary, type TrialFit } from '../../src/report/index.js';
import { LLAMA_8B } from '../engine/setup.js';
import { madeUpFit } from './made-up-results.js';
import { simulatedTrace } from './simulated-trace.js';

/** The section on the trial fit, in one line. */
const section = (trial: TrialFit): string => {
  const text = renderTraceSummary(simulatedTrace(), { colour: false }, trial).replaceAll(/\s+/gu, ' ');
  return text.slice(text.indexOf('Trial fit'));
};

const fitted = (conditionNumber: number): TrialFit => ({
  kind: 'fitted',
  result: { ...madeUpFit(), conditionNumber },
  arch: LLAMA_8B,
  scope: { tensorParallelSizes: [1] },
});

describe('trial fit in a trace summary', () => {
  it('says in words how well the run tells terms apart', () => {
    expect(section(fitted(4))).toContain('condition number 4.000 (1 is best)');
    expect(section(fitted(80))).toContain('some combination of terms is hardly measured');
    expect(section(fitted(1e8))).toContain('only a sum of them shows');
  });

  it('has free terms only, and names those that stopped at 0', () => {
    const text = section(fitted(4));
    for (const { name, determinedBy, atBound } of madeUpFit().coefficients) {
      expect(text.includes(`${name} `)).toBe(determinedBy !== 'fixed');
      if (atBound) expect(text).toMatch(new RegExp(`Stopped at 0: .*${name}`, 'u'));
    }
    expect(madeUpFit().coefficients.some(({ atBound }) => atBound)).toBe(true);
  });

  it('says why there is none', () => {
    expect(section({ kind: 'not tried', why: 'the GPU is not known' })).toContain(
      'None: the GPU is not known.',
    );
    expect(renderTraceSummary(simulatedTrace())).not.toContain('Trial fit');
  });
});
