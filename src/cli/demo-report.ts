import { basename } from 'node:path';
import type { CoefficientSet } from '../coefficients/index.js';
import type { FitResult } from '../fit/index.js';
import {
  heading,
  left,
  paragraph,
  right,
  table,
  type Block,
  type ReportDocument,
} from '../report/document.js';
import { recoveryReport } from '../report/fit/recovery-report.js';
import { headline } from '../report/validation/headline.js';
import { rankCard } from '../report/validation/rank-card.js';
import type { ValidationResult } from '../validate/index.js';
import type { Run } from './fit/fit-traces.js';

/** Everything the demo found, in the order it is told. */
export interface DemoResult {
  readonly runs: readonly Run[];
  readonly planted: CoefficientSet;
  readonly fit: FitResult;
  readonly validation: ValidationResult;
}

/** The demo as a document: what is synthetic and what was measured is said before either. */
export const demoReport = (result: DemoResult): ReportDocument => [
  heading(1, 'Trueline demo'),
  paragraph(
    'Everything here runs on files that ship with Trueline. Parts 1 and 2 are synthetic: Trueline made the traces itself, ' +
      'no GPU was involved. Part 3 is measured: published benchmarks of vLLM on real GPUs.',
  ),
  ...ingested(result),
  ...recovered(result),
  ...replayed(result),
];

function ingested({ runs }: DemoResult): Block[] {
  const rows = runs.map(({ id, trace, context }) => {
    const dropped = trace.diagnostics.reduce(
      (sum, { kind, count }) => sum + (kind === 'dropped' ? count : 0),
      0,
    );
    const counts = [
      context.server.tensorParallelSize,
      trace.requests.count,
      trace.steps?.count ?? 0,
      dropped,
    ];
    return [basename(id), trace.meta.model ?? '', ...counts.map(String)];
  });
  return [
    heading(1, '1. Ingest (synthetic)'),
    paragraph('Traces in the format vLLM writes, made by the simulator from known coefficients.'),
    ...table(
      [left('trace'), left('model'), right('TP'), right('requests'), right('steps'), right('dropped')],
      rows,
    ),
    paragraph('Look closer with `trueline inspect`.', 'note'),
  ];
}

function recovered({ planted, fit }: DemoResult): Block[] {
  const unseen = fit.coefficients
    .filter(({ determinedBy }) => determinedBy === 'prior')
    .map(({ name }) => name);
  const known = Object.entries(planted.entries).filter(([name]) => !unseen.includes(name));
  return [
    heading(1, '2. Fit (synthetic)'),
    paragraph(
      `The fit sees the times of ${fit.rowsUsed} steps and is to find the coefficients they were made with.` +
        (unseen.length === 0 ? '' : ` These steps say nothing about ${unseen.join(', ')}.`),
    ),
    ...recoveryReport(Object.fromEntries(known.map(([name, { value }]) => [name, value])), fit),
  ];
}

function replayed({ validation }: DemoResult): Block[] {
  const { coverage, coefficientSet, suiteSource } = validation;
  return [
    heading(1, '3. Replay (measured)'),
    paragraph(
      `${coverage.experimentsReplayed} of ${coverage.experiments} measured experiments replayed with the shipped ` +
        `coefficients ${coefficientSet}, once each. Source: ${suiteSource}`,
    ),
    ...headline(validation),
    ...rankCard(validation),
    paragraph('Every run, and where the prediction does badly: `trueline validate`.', 'note'),
  ];
}
