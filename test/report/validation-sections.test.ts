import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/report/document.js';
import { coverageSection } from '../../src/report/validation/coverage-section.js';
import { drillDown } from '../../src/report/validation/drill-down.js';
import { knobSection } from '../../src/report/validation/knob-section.js';
import { residualSection } from '../../src/report/validation/residual-section.js';
import { knobValues, varyingKnobs } from '../../src/report/validation/server-knobs.js';
import type { ValidationResult } from '../../src/validate/validation-result.js';
import { madeUpValidation } from './made-up-results.js';

const result = madeUpValidation();

/** The same result as a version without settings, loads, batches and timelines saved it. */
const earlier: ValidationResult = {
  ...result,
  experiments: result.experiments.map(({ settings: _s, served: _l, timeline: _t, ...entry }) => ({
    ...entry,
    stages: entry.stages.map(({ batch: _b, ...stage }) => stage),
  })),
};

const rowsOf = (blocks: readonly Block[]): readonly (readonly string[])[] =>
  blocks.flatMap((block) => (block.kind === 'table' ? block.rows : []));
const figuresOf = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) => (block.kind === 'figure' ? block.id : []));

describe('errors by server setting', () => {
  it('are those of the runs with it, for settings that differ: worked by hand', () => {
    // Run 3, the only one with 8192: E2E exact, ITL 29.1 for 30, TTFT 190 for 100.
    const rows = rowsOf(knobSection(result));
    expect(rows.map(([setting, value, runs]) => [setting, value, runs])).toEqual([
      ['max_num_batched_tokens', '2048', '3'],
      ['max_num_batched_tokens', '8192', '1'],
    ]);
    expect(rows[1]?.slice(3)).toEqual(['0.0 / 0.0', '0.0', '3.0 / 3.0', '-3.0', '90.0 / 90.0', '+90.0']);
    expect(figuresOf(knobSection(result))).toEqual(['errors-by-maxNumBatchedTokens']);
  });

  it('puts numbers in order of size, and a CPU tier under on and off', () => {
    const [entry] = result.experiments;
    const withSettings = [
      { cpuKvBlocks: 900, maxNumSeqs: 1024 },
      { cpuKvBlocks: 0, maxNumSeqs: 256 },
      { maxNumSeqs: 512 },
    ].map((settings) => ({ ...entry!, settings }));
    const knobs = varyingKnobs(withSettings);
    expect(knobs.map((knob) => knobValues(withSettings, knob))).toEqual([
      ['256', '512', '1024'],
      ['off', 'on'],
    ]);
  });
});

describe('residuals against batch and context', () => {
  it('are those of single stages, by powers of two', () => {
    const rows = rowsOf(residualSection(result));
    expect(rows.map(([bin, stages]) => [bin, stages])).toEqual([
      ['8 up to 16', '4'],
      ['512 up to 1024', '4'],
    ]);
    expect(figuresOf(residualSection(result))).toEqual(['residuals-batch', 'residuals-context']);
  });
});

describe('coverage and cost', () => {
  it('counts GPUs by parallelism, and sums up', () => {
    // Four runs of an hour; the first on two replicas of two GPUs.
    const [first, ...others] = result.experiments;
    const wide = { ...first!, tensorParallelSize: 2, settings: { dataParallelSize: 2 } };
    const rows = rowsOf(coverageSection({ ...result, experiments: [wide, ...others] }));
    expect(rows).toEqual([
      ['H100', 'test', '3', '5400', '1620000', '270000', '300', '3.0', '3.0'],
      ['H100', 'train', '1', '1800', '540000', '90000', '100', '1.0', '4.0'],
      ['all', 'all', '4', '7200', '2160000', '360000', '400', '4.0', '7.0'],
    ]);
  });
});

describe('a run by itself', () => {
  it('shows its queue and KV cache over time, with the same figures as a table', () => {
    const [part] = drillDown(result).parts;
    expect(figuresOf(part?.blocks ?? [])).toEqual(['queue-1', 'kv-1']);
    const queue = part?.blocks.find((block) => block.kind === 'figure');
    expect(queue).toMatchObject({
      alt: 'Running and waiting requests over time: at most 14.0 run and 3.0 wait.',
      data: {
        rows: [
          ['600.0', '10.0', '0.0', '50 %'],
          ['1800.0', '14.0', '3.0', '90 %'],
          ['3000.0', '12.0', '0.0', '60 %'],
        ],
      },
    });
  });

  it('has charts of its own, whatever the runs are called', () => {
    const names = ['a.b', 'a-b', 'a b', 'a', '…'];
    const ids = names.flatMap((experiment) => {
      const renamed = { ...result, experiments: [{ ...result.experiments[0]!, experiment }], rows: [] };
      return drillDown(renamed).parts.flatMap((part) => figuresOf(part.blocks));
    });
    expect(new Set(ids).size).toBe(2 * names.length);
    for (const id of ids) expect(id).toMatch(/^[\dA-Za-z-]+$/u);
  });
});

describe('a result of an earlier version', () => {
  it('has the sections that it can have', () => {
    expect(knobSection(earlier)).toEqual([]);
    expect(residualSection(earlier)).toEqual([]);
    expect(coverageSection(earlier)).toEqual([]);
    const blocks = drillDown(earlier).parts.flatMap((part) => part.blocks);
    expect(figuresOf(blocks)).toEqual([]);
    expect(JSON.stringify(blocks)).not.toMatch(/undefined|NaN/u);
  });
});
