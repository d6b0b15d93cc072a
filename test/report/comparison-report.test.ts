import { describe, expect, it } from 'vitest';
import { comparisonReport, renderMarkdown, renderTerminal } from '../../src/report/index.js';
import { compareResults } from '../../src/validate/index.js';
import { madeUpValidation } from './made-up-results.js';

const before = madeUpValidation();
const halved = { ...before, rows: before.rows.map((row) => ({ ...row, errorPct: row.errorPct / 2 })) };
const partial = {
  ...before,
  experiments: before.experiments.filter(({ experiment }) => experiment !== '1'),
  rows: before.rows.filter(({ experiment }) => experiment !== '1'),
};

describe('comparison report', () => {
  it('draws the differences that have intervals, and says who is closer', () => {
    const report = comparisonReport(
      compareResults([
        { name: 'before', result: before },
        { name: 'halved', result: halved },
      ]),
    );
    const chart = report.find((block) => block.kind === 'figure');
    expect(chart).toMatchObject({
      id: 'duels',
      alt: 'Differences with intervals: of 3, challengers are closer in 3 and farther in 0.',
      data: { rows: [{ 0: 'halved' }, { 0: 'halved' }, { 0: 'halved' }] },
    });
    expect(renderMarkdown(report)).toMatch(/\| halved +\| ITL mean +\|.*\| closer +\|/u);
  });

  it('counts what it cannot compare', () => {
    const report = comparisonReport(
      compareResults([
        { name: 'before', result: before },
        { name: 'partial', result: partial },
      ]),
    );
    const text = renderTerminal(report, { colour: false });
    expect(text).toContain('Left out, as another validation lacks them or measured them differently:');
    expect(text).toContain('6 figures of before, with nothing left of 1');
    expect(text).not.toContain('figures of partial');
    // equal wherever both have figures
    expect(text).toMatch(/test +E2E mean +3 +2\.1 +2\.1 +– +tie/u);
  });
});
