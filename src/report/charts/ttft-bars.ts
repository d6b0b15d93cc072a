import { TTFT_PARTS } from '../../validate/ttft-parts.js';
import type { ValidationResult } from '../../validate/validation-result.js';
import { left, right, type Block } from '../document.js';
import { ms } from '../format.js';
import { printable } from '../plain-text.js';
import { shortModel } from '../validation/experiment-table.js';
import { PART_TITLES } from '../validation/ttft-table.js';
import { runPoints } from './run-points.js';
import { chart } from './theme.js';

/** Stacked bars: where the simulated mean TTFT of every whole run goes, with the measured TTFT as a tick. */
export function ttftBars(result: ValidationResult): Block[] {
  const bars = result.experiments.flatMap((entry) => {
    const parts = entry.stages.find(({ stage }) => stage === 'all')?.ttftParts;
    if (parts === undefined) return [];
    const run = printable(`${entry.experiment} ${shortModel(entry.model)} ${entry.workload}`);
    return TTFT_PARTS.map((part, i) => ({
      run,
      part: PART_TITLES[part],
      order: i,
      atMs: parts[part],
      time: `${ms(parts[part])} ms`,
    }));
  });
  if (bars.length === 0) return [];
  const measured = runPoints(result, ['ttftMeanMs']).map(
    ({ run, model, workload, measuredMs, measured: is, predicted, error }) => ({
      run: `${run} ${model} ${workload}`,
      measuredMs,
      measured: is,
      predicted,
      error,
    }),
  );
  const y = { field: 'run', type: 'nominal' as const, title: null, sort: null };
  const parts = TTFT_PARTS.map((part) => PART_TITLES[part]);
  const spec = chart({
    height: { step: 16 },
    layer: [
      {
        data: { values: bars },
        mark: { type: 'bar', height: 11 },
        encoding: {
          x: { field: 'atMs', type: 'quantitative', title: 'mean TTFT (ms)' },
          y,
          color: { field: 'part', type: 'nominal', title: null, sort: parts },
          order: { field: 'order', type: 'quantitative' },
          tooltip: ['run', 'part', 'time'].map((field) => ({ field, type: 'nominal' as const })),
        },
      },
      {
        data: { values: measured },
        mark: { type: 'tick', thickness: 2, size: 14, color: 'currentColor' },
        encoding: {
          x: { field: 'measuredMs', type: 'quantitative' },
          y,
          tooltip: ['run', 'measured', 'predicted', 'error'].map((field) => ({
            field,
            type: 'nominal' as const,
          })),
        },
      },
    ],
  });
  return [
    {
      kind: 'figure',
      id: 'ttft-parts',
      caption: 'Simulated mean TTFT of every whole run, part by part; the tick is the measured one.',
      alt: `Stacked bars of the parts of TTFT (${parts.join(', ')}), one bar per run, and its measured TTFT as a tick.`,
      spec,
      data: {
        columns: [left('run'), left('part'), right('time')],
        rows: [
          ...bars.map(({ run, part, time }) => [run, part, time]),
          ...measured.map((point) => [point.run, 'measured TTFT', point.measured]),
        ],
      },
    },
  ];
}
