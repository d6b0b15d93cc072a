import { readFileSync } from 'node:fs';
import { markdownTable } from 'markdown-table';

const PEER = 'blis-trained-physics';
const METRICS = [
  ['e2eMeanMs', 'E2E mean'],
  ['itlMeanMs', 'ITL mean'],
  ['ttftMeanMs', 'TTFT mean'],
];

const cell = ({ medianApePct, mapePct }) => `${medianApePct.toFixed(1)} / ${mapePct.toFixed(1)}`;

/** Ours and the best peer's errors on the test split, as the README shows them. */
export function readmeTable({ saved }) {
  const { errors } = JSON.parse(readFileSync(saved, 'utf8'));
  const of = (simulator, metric) =>
    errors.find(
      (error) =>
        error.scope === 'runs' &&
        error.by === 'split' &&
        error.group === 'test' &&
        error.simulator === simulator &&
        error.metric === metric,
    );
  const row = (simulator, label) => [
    label,
    String(of(simulator, 'e2eMeanMs').n),
    ...METRICS.map(([metric]) => cell(of(simulator, metric))),
  ];
  return markdownTable(
    [
      ['test split, median / mean error %', 'runs', ...METRICS.map(([, label]) => label)],
      row('trueline', '**Trueline**'),
      row(PEER, 'BLIS trained-physics, the best published peer'),
    ],
    { align: ['l', 'r', 'r', 'r', 'r'] },
  );
}
