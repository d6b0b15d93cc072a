import type { MetricName } from '../../trace/metrics.js';
import { OURS, type ErrorGroup, type ValidationResult } from '../../validate/validation-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { MISSING, metricTitle, pct } from '../format.js';

/** The metrics of the headline table, most important first. */
const HEADLINE_METRICS = [
  'e2eMeanMs',
  'itlMeanMs',
  'ttftMeanMs',
  'e2eP90Ms',
  'e2eP99Ms',
  'ttftP90Ms',
  'ttftP99Ms',
] as const satisfies readonly MetricName[];

type Errors = Pick<ErrorGroup, 'medianApePct' | 'mapePct'>;

/** `median / mean` of |error| in %. */
export const medianAndMean = (errors: Errors | undefined): string =>
  errors === undefined ? MISSING : `${pct(errors.medianApePct)} / ${pct(errors.mapePct)}`;

const find = (groups: readonly ErrorGroup[], simulator: string, metric: MetricName): ErrorGroup | undefined =>
  groups.find((group) => group.simulator === simulator && group.metric === metric);

function row(label: string, groups: readonly (ErrorGroup | undefined)[], errors: (group: ErrorGroup) => Errors | undefined): string[] {
  const n = Math.max(0, ...groups.map((group) => group?.n ?? 0));
  return [label, String(n), ...groups.map((group) => medianAndMean(group && errors(group)))];
}

/** One row per simulator, `metrics` behind its name and n: ours, then each peer; under a peer that predicted only some of the runs, ours on just those. */
export function simulatorRows(groups: readonly ErrorGroup[], metrics: readonly MetricName[]): string[][] {
  const simulators = [...new Set(groups.map((group) => group.simulator))];
  const ours = metrics.map((metric) => find(groups, OURS, metric));
  return simulators.flatMap((simulator) => {
    const own = metrics.map((metric) => find(groups, simulator, metric));
    const main = row(simulator, own, (group) => group);
    const partial = own.some((group, i) => group !== undefined && group.n < (ours[i]?.n ?? 0));
    return partial ? [main, row(`  ${OURS}, same runs`, own, (group) => group.oursOnSameRows)] : [main];
  });
}

function headlineTable(result: ValidationResult, scope: 'runs' | 'stages', split: string): Block[] {
  const groups = result.errors.filter(
    (group) => group.scope === scope && group.by === 'split' && group.group === split,
  );
  const metrics = HEADLINE_METRICS.filter((metric) => find(groups, OURS, metric) !== undefined);
  return table([left('simulator'), right('n'), ...metrics.map((metric) => right(metricTitle(metric)))], simulatorRows(groups, metrics));
}

/** How well the medians are known, given so few runs. */
function intervals(result: ValidationResult, split: string): Block[] {
  const known = result.errors.flatMap(({ scope, by, group, metric, simulator, medianInterval: interval }) => {
    const wanted = scope === 'runs' && by === 'split' && group === split && simulator === OURS;
    if (!wanted || interval === undefined || !metric.includes('Mean')) return [];
    return [`${metricTitle(metric)} ${pct(interval.low)} … ${pct(interval.high)} %`];
  });
  if (known.length === 0) return [];
  return [paragraph(`90 % intervals of the medians of ${OURS}, over the runs: ${known.join(', ')}.`, 'note')];
}

const splitsOf = (result: ValidationResult): string[] =>
  [...new Set(result.errors.filter((group) => group.by === 'split').map((group) => group.group))].toSorted();

/** The tables a reader looks for first: errors of whole runs, one table per split. */
export const headline = (result: ValidationResult): Block[] => [
  heading(2, 'Accuracy'),
  paragraph(
    'Cells are median / mean of the absolute relative error, in %; n is the number of runs. Peers are scored on the ' +
      'figures they predicted, and ours again on exactly those where that is fewer.',
  ),
  ...splitsOf(result).flatMap((split) => [
    heading(3, `${split} split, whole runs`),
    ...headlineTable(result, 'runs', split),
    ...intervals(result, split),
  ]),
];

/** The same over single load stages. */
export const stageErrors = (result: ValidationResult): Block[] => [
  heading(2, 'Accuracy of single load stages'),
  ...splitsOf(result).flatMap((split) => [
    heading(3, `${split} split, single stages`),
    ...headlineTable(result, 'stages', split),
  ]),
];
