import { medianSorted } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { renderValidationMarkdown, renderValidationTerminal } from '../../src/report/index.js';
import { madeUpValidation } from './made-up-results.js';

const markdown = renderValidationMarkdown(madeUpValidation());

/** Cells of the first table row under a heading whose first cell is `label`. */
function tableRow(text: string, title: string, label: string): string[] {
  const section = text.slice(text.indexOf(title));
  const line = section.split('\n').find((candidate) => candidate.startsWith(`| ${label} `));
  return (line ?? '').split('|').map((cell) => cell.trim());
}

const words = (text: string): string[] => text.match(/[A-Za-z0-9.+]+/gu) ?? [];

describe('validation report', () => {
  it('reads as it did', async () => {
    const terminal = renderValidationTerminal(madeUpValidation());
    await expect(`${terminal}\n`).toMatchFileSnapshot('../golden/validation.txt');
    await expect(markdown).toMatchFileSnapshot('../golden/validation.md');
  });

  it('shows the medians and means of its own rows', () => {
    const { rows } = madeUpValidation();
    for (const [column, metric] of [
      [3, 'e2eMeanMs'],
      [4, 'itlMeanMs'],
      [5, 'ttftMeanMs'],
    ] as const) {
      const errors = rows
        .filter((row) => row.stage === 'all' && row.metric === metric && row.experiment !== '1')
        .map((row) => Math.abs((100 * (row.predictedMs - row.measuredMs)) / row.measuredMs))
        .toSorted((a, b) => a - b);
      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      const cell = tableRow(markdown, 'test split, whole runs', 'trueline')[column];
      expect(cell).toBe(`${medianSorted(errors).toFixed(1)} / ${mean.toFixed(1)}`);
    }
  });

  it('names every experiment, replayed or not', () => {
    const { experiments, notSimulated } = madeUpValidation();
    for (const entry of experiments)
      expect(tableRow(markdown, 'Every run', entry.experiment)).toHaveLength(17);
    for (const entry of notSimulated) {
      expect(markdown).toContain(`Run ${entry.experiment} (${entry.split}), whole run was not simulated`);
    }
  });

  it('says what does badly: failures, large errors, saturation, cancelling errors, doubts', () => {
    for (const remark of [
      'was not simulated: unknown model',
      'TTFT mean is off by more than 10 % in 1 of 3 test runs and 0 of 1 train runs: 3 (Toy-7B chat, H100) +90.0 %',
      'At or above the knee in simulation, where errors are amplified: 4 stage 0 (near)',
      'errors cancel: TTFT 90.00 ms, decode -90.00 ms',
      'these figures are invented',
    ]) {
      expect(markdown).toContain(remark);
    }
  });

  it('is the same text every time and in both forms', () => {
    expect(renderValidationMarkdown(madeUpValidation())).toBe(markdown);
    const terminal = renderValidationTerminal(madeUpValidation()).toLowerCase();
    const said = new Set(words(terminal));
    expect(words(markdown.toLowerCase()).filter((word) => !said.has(word))).toEqual([]);
  });
});
