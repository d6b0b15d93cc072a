import { TTFT_PARTS, type TtftPart } from '../../validate/ttft-parts.js';
import type { ValidationResult } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { ms, signedPct } from '../format.js';
import { shortModel } from './experiment-table.js';

/** Names of the parts for people. */
export const PART_TITLES: Readonly<Record<TtftPart, string>> = {
  frontEnd: 'front end',
  residualStep: 'residual step',
  queueing: 'queueing',
  pipelineStep: 'pipeline step',
  prefill: 'prefill',
};

/** One line per run: where its simulated mean TTFT goes, part by part. */
export function ttftTable(result: ValidationResult): Block[] {
  const rows = result.experiments.flatMap((entry) => {
    const parts = entry.stages.find(({ stage }) => stage === 'all')?.ttftParts;
    const figure = result.rows.find(
      (row) => row.experiment === entry.experiment && row.stage === 'all' && row.metric === 'ttftMeanMs',
    );
    if (parts === undefined) return [];
    return [
      [
        entry.experiment,
        `${shortModel(entry.model)}, ${entry.gpu} x${entry.tensorParallelSize}`,
        entry.workload,
        ...TTFT_PARTS.map((part) => ms(parts[part])),
        ms(TTFT_PARTS.reduce((sum, part) => sum + parts[part], 0)),
        ms(figure?.measuredMs),
        signedPct(figure?.errorPct),
      ],
    ];
  });
  if (rows.length === 0) return [];
  return [
    heading(2, 'Where the time to first token goes'),
    paragraph(
      'Simulated means over whole runs, in ms. Front end: both ways between client and engine. Residual step: until the engine, ' +
        'between two steps, sees the request. Queueing: for a seat, KV blocks or step tokens. Pipeline step: behind the ' +
        'batch that asynchronous scheduling had already dispatched. Prefill: from the first chunk on the GPU to the first token.',
    ),
    ...table(
      [
        left('run'),
        left('served'),
        left('workload'),
        ...TTFT_PARTS.map((part) => right(PART_TITLES[part])),
        right('sum'),
        right('measured'),
        right('error %'),
      ],
      rows,
    ),
  ];
}
