import { describe, expect, it } from 'vitest';
import type { KernelFitResult, OperatorFit } from '../../src/fit/kernels/kernel-fit-result.js';
import { withError } from '../../src/report/format.js';
import { renderKernelFit, renderKernelFitMarkdown } from '../../src/report/index.js';
import { madeUpKernelFit } from './made-up-kernel-fit.js';

/** The part of a Markdown report under one heading. */
function section(markdown: string, title: string): string {
  const [, rest = ''] = markdown.split(new RegExp(`^#+ ${title}$`, 'mu'), 2);
  return rest.split(/^#/mu)[0] ?? '';
}

const regressions = ({ gemmBf16, decodeAttention, moe }: KernelFitResult): OperatorFit[] => [
  gemmBf16,
  decodeAttention,
  ...(moe?.fallbacks ?? []).map(({ fit }) => fit),
];

/** Cells of the first table row whose first cell is `first`. */
const row = (markdown: string, first: string): string[] | undefined =>
  markdown
    .split('\n')
    .map((line) => line.split(/(?<!\\)\|/u).map((cell) => cell.trim().replaceAll('\\', '')))
    .find((cells) => cells[1] === first)
    ?.slice(2, -1);

describe('calibration report', () => {
  const fit = madeUpKernelFit();
  const markdown = renderKernelFitMarkdown(fit);

  it('reads as it did', async () => {
    await expect(`${renderKernelFit(fit)}\n`).toMatchFileSnapshot('../golden/kernel-fit.txt');
    await expect(markdown).toMatchFileSnapshot('../golden/kernel-fit.md');
  });

  it.each(regressions(fit))('gives every parameter of $operator its unit and error', (operator) => {
    const text = section(markdown, operator.operator);
    for (const { name, unit, value, standardError } of operator.parameters) {
      const shown = standardError === 0 ? `${value} (at bound)` : withError(value, standardError);
      expect(row(text, name)).toEqual([unit, shown]);
    }
  });

  it.each(regressions(fit))('marks one form of $operator, the one whose error it states', (operator) => {
    const text = section(markdown, operator.operator);
    const heldOut = row(text, 'held out') ?? [];
    const marked = operator.forms.filter(({ form }) => row(text, form)?.at(-1) === 'yes');
    expect(marked).toHaveLength(1);
    expect(row(text, marked[0]!.form)?.slice(1, 3)).toEqual(heldOut.slice(1, 3));
    expect(row(markdown, operator.operator)?.slice(2)).toEqual(heldOut.slice(1, 3));
  });

  it.each(regressions(fit))('accounts for every row of $operator', (operator) => {
    const text = section(markdown, operator.operator);
    const [, used, leftOut] = /(\d+) rows of .*; (\d+) left out/u.exec(text) ?? [];
    const reasons = [...text.matchAll(/^- (\d+): /gmu)].map(([, count]) => Number(count));
    expect(Number(used)).toBe(operator.rowsUsed);
    expect(reasons.reduce((sum, count) => sum + count, 0)).toBe(Number(leftOut));
    expect(reasons).toEqual(operator.dropped.map(({ count }) => count));
  });

  it('keeps rows outside the fit apart from those held out of it', () => {
    const text = section(markdown, 'decode attention');
    expect(row(text, 'not fitted: under 4 queries per KV head')?.[0]).toBe('219');
    expect(row(section(markdown, 'gemm bf16'), 'held out: m 1–4')?.[0]).toBe('120');
  });

  it('says what is done without a family, and only without it', () => {
    const { moe: _moe, allReduce: _allReduce, ...bare } = fit;
    expect(markdown).toContain('prefill attention: priced');
    expect(markdown).not.toContain('cannot be priced');
    const less = renderKernelFitMarkdown(bare);
    expect(less).toContain('tensor parallelism cannot be priced');
    expect(less).toContain('fused experts: launches');
    expect(less).not.toMatch(/^## (?:fused experts|all-reduce)$/mu);
  });

  it('shows the limits and what was dropped in both forms', () => {
    for (const text of [renderKernelFit(fit), markdown]) {
      for (const note of fit.notes) expect(text).toContain(note);
      expect(text).toContain('dropped 7: rows without a latency');
    }
  });
});
