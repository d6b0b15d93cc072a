import { describe, expect, it } from 'vitest';
import { renderTraceSummary, renderTraceSummaryMarkdown } from '../../src/report/index.js';
import type { Trace } from '../../src/trace/trace.js';
import { simulatedTrace } from './simulated-trace.js';

const without = (trace: Trace, column: 'steps'): Trace => {
  const { [column]: _, ...rest } = trace;
  return rest;
};

const unwrapped = (text: string): string => text.replaceAll(/\s+/gu, ' ');

describe('trace summary', () => {
  it('reads as it did', async () => {
    await expect(`${renderTraceSummary(simulatedTrace())}\n`).toMatchFileSnapshot(
      '../golden/trace-summary.txt',
    );
  });

  it('counts every step once in each kind of table', () => {
    const trace = simulatedTrace();
    const text = renderTraceSummary(trace);
    const heat = text.slice(
      text.indexOf('all: batch by prefill tokens'),
      text.indexOf('What a fit can learn'),
    );
    const inCells = heat
      .split('\n')
      .slice(1)
      .flatMap((line) =>
        line
          .trim()
          .split(/\s{2,}/u)
          .slice(1),
      )
      .map((cell) => Number.parseInt(cell, 10))
      .filter((steps) => !Number.isNaN(steps));
    expect(inCells.reduce((sum, steps) => sum + steps, 0)).toBe(trace.steps!.count);
  });

  it('says when there are no steps, no finished requests, or dropped rows', () => {
    const trace = simulatedTrace();
    expect(renderTraceSummary(without(trace, 'steps'))).toContain('holds no engine steps');
    const failed = { ...trace, requests: { ...trace.requests, status: new Uint8Array(3).fill(1) } };
    expect(renderTraceSummary(failed)).toContain('None of 3 requests finished');
    const dropped = { code: 'row-bad', kind: 'dropped', count: 7, message: 'rows without a start' } as const;
    expect(renderTraceSummary({ ...trace, diagnostics: [dropped] })).toContain(
      'dropped 7: rows without a start [row-bad]',
    );
  });

  it('doubts a trace whose step periods and token times disagree', () => {
    const trace = simulatedTrace();
    expect(unwrapped(renderTraceSummary(trace))).toContain('as close as they should be');
    const steps = { ...trace.steps!, periodUs: trace.steps!.periodUs.map((us) => us / 20) };
    expect(unwrapped(renderTraceSummary({ ...trace, steps }))).toContain('do not fit to this trace');
  });

  it('shows what the source aggregated when it reports no single requests', () => {
    const trace = simulatedTrace();
    const stages = [{ stage: 0, requests: 42, failed: 2, metrics: { 'TTFT p90': 12.5 } }];
    const text = renderTraceSummaryMarkdown({ ...trace, stages });
    expect(text).toMatch(/\| stage 0 +\| +42 \| +2 \| +– \| +12\.50 \|/u);
  });
});
