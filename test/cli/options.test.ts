import { mean } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { count, nonNegative, positive, priorSds, seed } from '../../src/cli/arguments/numbers.js';
import { showsColour } from '../../src/cli/colour.js';
import { inlineWorkload, type InlineLoad } from '../../src/cli/inline-workload.js';
import { renderOutcome } from '../../src/cli/outcome.js';
import { buildRequests, WORKLOAD_PRESETS } from '../../src/engine/index.js';
import { refusal } from '../refusal.js';

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
    // what Node has for a pipe: not even a CI server that asks for colours gets escape codes into a file
    expect(showsColour({})).toBe(false);
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
  const lengths = { promptTokens: 100, outputTokens: 10 };
  const rate = { rate: 2.5, duration: 3 };
  const users = { users: 4, requests: 9 };

  it('takes lengths from a preset or from options, arrivals from a rate or from users', () => {
    expect(inlineWorkload({ ...lengths, ...rate })).toMatchObject({
      load: { kind: 'rate', stages: [{ ratePerS: 2.5, durationS: 3 }] },
      prompts: { questionTokens: { value: 100 } },
      outputTokens: { value: 10 },
    });
    expect(inlineWorkload({ workload: 'chatbot', ...users })).toMatchObject({
      load: { kind: 'users', users: 4, sessions: 9 },
      prompts: { sharedPrefix: { groups: 10, tokens: 100 } },
      outputTokens: { value: 248 },
    });
  });

  it('has a prompt of its own for every request unless told otherwise', () => {
    expect(inlineWorkload({ ...lengths, ...rate }).prompts.distinct).toBeUndefined();
    expect(inlineWorkload({ workload: 'code', ...rate, distinctPrompts: 4 }).prompts.distinct).toBe(4);
  });

  it.each<[InlineLoad, string]>([
    [{}, 'no load to simulate'],
    [lengths, 'no load to simulate'],
    [rate, 'no load to simulate'],
    [{ ...lengths, users: 4 }, 'no load to simulate'],
    [{ ...lengths, ...rate, requests: 4 }, '--requests is for users'],
    [{ ...lengths, ...users, rate: 1 }, '--rate and --users both describe the load'],
    [{ ...lengths, ...users, duration: 1 }, '--duration and --users both describe the load'],
    [{ ...rate, workload: 'code', promptTokens: 1 }, '--prompt-tokens and --workload both describe the load'],
    [{ ...rate, workload: 'code', outputTokens: 1 }, '--output-tokens and --workload both describe the load'],
  ])('%o', (load, message) => {
    expect(refusal(() => inlineWorkload(load))).toMatchObject({ code: 'USAGE', message });
  });
});

describe('presets', () => {
  it.each(Object.entries(WORKLOAD_PRESETS))('%s can be sent', (_name, { prompts, outputTokens }) => {
    const { load } = inlineWorkload({ workload: 'chatbot', users: 3, requests: 100 });
    expect(buildRequests({ kind: 'synthetic', load, prompts, outputTokens }, 1).count).toBe(100);
  });

  it('have the mean lengths of the published runs', () => {
    const requests = buildRequests(inlineWorkload({ workload: 'reasoning', rate: 10, duration: 100 }), 1);
    expect(Math.abs(mean([...requests.promptTokens]) - 1081)).toBeLessThan(1);
    expect(new Set(requests.outputTokens)).toEqual(new Set([1448]));
  });
});
