import type { ServedLoad } from '../../validate/index.js';
import type { ExperimentResult, ValidationResult } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, pct } from '../format.js';

const SECONDS_PER_HOUR = 3600;

/** A replayed experiment that says what it served. */
type Served = ExperimentResult & { readonly served: ServedLoad };

const isServed = (entry: ExperimentResult): entry is Served => entry.served !== undefined;

const gpusOf = ({ tensorParallelSize, settings }: ExperimentResult): number =>
  tensorParallelSize * Number(settings?.['dataParallelSize'] ?? 1);

function row(label: string, split: string, entries: readonly Served[]): string[] {
  const total = (of: (entry: Served) => number): number =>
    entries.reduce((sum, entry) => sum + of(entry), 0);
  return [
    label,
    split,
    count(entries.length),
    count(total(({ served }) => served.requests)),
    count(total(({ served }) => served.promptTokens)),
    count(total(({ served }) => served.outputTokens)),
    count(total(({ steps }) => steps)),
    pct(total(({ served }) => served.durationS) / SECONDS_PER_HOUR),
    pct(total((entry) => gpusOf(entry) * entry.served.durationS) / SECONDS_PER_HOUR),
  ];
}

/** How much was compared, by GPU and split, and the GPU hours that measuring it takes; nothing for results of earlier versions. */
export function coverageSection({ experiments, coverage, notSimulated }: ValidationResult): Block[] {
  const entries = experiments.filter(isServed);
  if (entries.length === 0) return [];
  const groups = [...new Set(entries.map(({ gpu, split }) => JSON.stringify([gpu, split])))].toSorted();
  const rows = groups.map((group) => {
    const own = entries.filter(({ gpu, split }) => JSON.stringify([gpu, split]) === group);
    return row(own[0]?.gpu ?? '', own[0]?.split ?? '', own);
  });
  return [
    heading(2, 'Coverage and cost'),
    paragraph(
      `${coverage.experimentsReplayed} of ${coverage.experiments} experiments were replayed and ${coverage.rowsCompared} of ` +
        `${coverage.rows} measured figures compared (not simulated: ${notSimulated.length}). Load of one replay each (mean ` +
        'over its seeds). GPU hours: what a measurement of the same takes, GPUs × time from the first request to the last response.',
    ),
    ...table(
      [
        left('GPU'),
        left('split'),
        ...['runs', 'requests', 'prompt tokens', 'output tokens', 'steps', 'hours', 'GPU hours'].map(right),
      ],
      [...rows, row('all', 'all', entries)],
    ),
  ];
}
