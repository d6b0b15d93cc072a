import { describe, expect, it } from 'vitest';
import { renderFitMarkdown, renderFitTerminal, renderRecovery } from '../../src/report/index.js';
import { madeUpFit } from './made-up-results.js';

describe('fit report', () => {
  it('reads as it did', async () => {
    await expect(`${renderFitTerminal(madeUpFit())}\n`).toMatchFileSnapshot('../golden/fit.txt');
    await expect(renderFitMarkdown(madeUpFit())).toMatchFileSnapshot('../golden/fit.md');
  });

  it('has one line per coefficient with value, error, prior and mark at the bound', () => {
    const lines = renderFitTerminal(madeUpFit()).split('\n');
    for (const entry of madeUpFit().coefficients) {
      const line = lines.find((candidate) => candidate.trim().startsWith(entry.name))!;
      expect(line).toContain(entry.unit);
      expect(line).toContain(entry.note);
      expect(line.includes('(at bound)')).toBe(entry.atBound);
    }
  });

  it('shows the errors over all groups first', () => {
    const text = renderFitTerminal(madeUpFit());
    const section = text.slice(text.indexOf('Errors on what was fitted'));
    expect(section.indexOf('  all ')).toBeLessThan(section.indexOf('  run a '));
  });
});

describe('planted against recovered', () => {
  it('calls a value within three standard errors recovered, else missed', () => {
    const text = renderRecovery(
      { 'layer-overhead': 8.5, 'step-overhead': 200, 'kernel-time': 1 },
      madeUpFit(),
    );
    expect(text).toMatch(/layer-overhead .* -3\.0 +recovered/u);
    expect(text).toMatch(/step-overhead .* -100\.0 +missed/u);
    expect(text).toMatch(/kernel-time .* not fitted/u);
  });

  it('leaves out terms without a planted value', () => {
    expect(renderRecovery({ 'layer-overhead': 8 }, madeUpFit())).not.toContain('step-overhead');
  });
});
