import { describe, expect, it } from 'vitest';
import { count, nonNegative, positive, priorSds, seed } from '../../src/cli/arguments/numbers.js';
import { showsColour } from '../../src/cli/colour.js';
import { inlineWorkload } from '../../src/cli/inline-workload.js';
import { renderOutcome } from '../../src/cli/outcome.js';

describe('number options', () => {
  it.each([
    [positive, ['0.5', '1e3'], ['0', '-1', '', ' ', 'x', 'NaN', 'Infinity', '1,5']],
    [nonNegative, ['0', '0.5'], ['-0.1', '', 'NaN']],
    [count, ['1', '12'], ['0', '1.5', '-1', '', '9007199254740993']],
    [seed, ['0', '12'], ['-1', '0.5', '']],
  ] as const)('%o', (parse, good, bad) => {
    for (const text of good) expect(parse(text)).toBe(Number(text));
    for (const text of bad) expect(() => parse(text), JSON.stringify(text)).toThrow(/^Expected /u);
  });

  it('collect spreads of priors', () => {
    expect(priorSds('step=0', priorSds('gemm=0.05'))).toEqual({ gemm: { sd: 0.05 }, step: { sd: 0 } });
    for (const text of ['gemm', 'gemm=', '=1', 'gemm=-1'])
      expect(() => priorSds(text), text).toThrow(/^Expected /u);
  });
});

describe('showsColour', () => {
  it('only on a terminal', () => {
    expect(showsColour({ isTTY: false })).toBe(false);
  });

  it('unless NO_COLOR is set to something', () => {
    const before = process.env['NO_COLOR'];
    try {
      process.env['NO_COLOR'] = '1';
      expect(showsColour({ isTTY: true })).toBe(false);
      process.env['NO_COLOR'] = '';
      expect(showsColour({ isTTY: true })).toBe(true);
    } finally {
      if (before === undefined) delete process.env['NO_COLOR'];
      else process.env['NO_COLOR'] = before;
    }
  });
});

describe('renderOutcome', () => {
  const outcome = { text: () => 'text', json: () => ({ a: [1] }), passed: true };

  it('ends in exactly one line break, as text or as JSON', () => {
    expect(renderOutcome(outcome, false, { colour: false })).toBe('text\n');
    expect(renderOutcome({ ...outcome, text: () => 'text\n' }, false, { colour: false })).toBe('text\n');
    expect(JSON.parse(renderOutcome(outcome, true, { colour: false }))).toEqual({ a: [1] });
  });
});

describe('inlineWorkload', () => {
  const load = { rate: 2.5, duration: 3, promptTokens: 100, outputTokens: 10 };

  it('has a prompt of its own for every request unless told otherwise', () => {
    const fresh = inlineWorkload(load);
    expect(fresh.numGroups * fresh.promptsPerGroup).toBeGreaterThanOrEqual(2.5 * 3);
    expect(inlineWorkload({ ...load, distinctPrompts: 4 }).promptsPerGroup).toBe(4);
    expect(fresh.systemPromptTokens).toBe(0);
  });
});
