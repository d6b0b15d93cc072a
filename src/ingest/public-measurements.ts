import { TruelineError } from '../errors.js';
import type { MeasuredStage } from '../trace/experiment.js';
import type { MetricName } from '../trace/metrics.js';
import type { PeerPrediction } from '../trace/suite.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { numberCell, parseCsv, type CsvRow } from '../text/parse-csv.js';
import { takenName } from './peer-name.js';
import type { PublicExperiment } from './public-suite-schema.js';

/** Published metric names → ours. */
const METRICS: ReadonlyMap<string, MetricName> = new Map<string, MetricName>([
  ['ttft_mean', 'ttftMeanMs'],
  ['ttft_p50', 'ttftP50Ms'],
  ['ttft_p90', 'ttftP90Ms'],
  ['ttft_p99', 'ttftP99Ms'],
  ['itl_mean', 'itlMeanMs'],
  ['e2e_mean', 'e2eMeanMs'],
  ['e2e_p50', 'e2eP50Ms'],
  ['e2e_p90', 'e2eP90Ms'],
  ['e2e_p99', 'e2eP99Ms'],
]);

type Stage = number | 'all';
type ExperimentsById = ReadonlyMap<string, PublicExperiment>;

/** A figure of one experiment, stage and metric. */
interface Figure {
  readonly experiment: string;
  readonly stage: Stage;
  readonly metric: MetricName;
  readonly ms: number;
}

/**
 * Published ITL × this = time per generated token. The published figure is (E2E − TTFT) ÷ (reported tokens − 1), where
 * reports re-tokenise the returned text; the whole run's count is the mean over its requests. Not finite when every request
 * generates one token.
 */
export function itlFactor(experiment: Pick<PublicExperiment, 'stages'>, stage: Stage): number {
  const stages = stage === 'all' ? experiment.stages : experiment.stages.slice(stage, stage + 1);
  let requests = 0;
  let reported = 0;
  let generated = 0;
  for (const { rate, duration, output_tokens, reported_mean_output_tokens } of stages) {
    const sent = Math.floor(rate * duration); // inference-perf, loadgen/load_timer.py
    requests += sent;
    reported += sent * (reported_mean_output_tokens ?? output_tokens);
    generated += sent * output_tokens;
  }
  return (reported / requests - 1) / (generated / requests - 1);
}

function stageOf(row: CsvRow, experiment: PublicExperiment, file: string): Stage {
  const text = row.cells['stage'] ?? '';
  if (text === 'all') return 'all';
  const stage = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (stage < experiment.stages.length) return stage;
  const message = `stage \`${text}\` of experiment ${experiment.id}, which has ${experiment.stages.length}`;
  throw new TruelineError('SUITE_INVALID', message, { file, line: row.line });
}

function figureOf(
  row: CsvRow,
  column: string,
  file: string,
  experiments: ExperimentsById,
  log: DiagnosticLog,
): Figure | undefined {
  const experiment = experiments.get(row.cells['experiment'] ?? '');
  if (experiment === undefined) {
    log.add(
      'dropped',
      'suite-experiment-unknown',
      `rows of ${file} name an experiment that is not in the suite`,
    );
    return undefined;
  }
  const published = row.cells['metric'] ?? '';
  const metric = METRICS.get(published);
  if (metric === undefined) {
    log.add(
      'dropped',
      'suite-metric-unknown',
      `rows hold a metric Trueline does not define, e.g. ${published}`,
    );
    return undefined;
  }
  const value = numberCell(row, column, file);
  if (value === undefined) {
    log.add('dropped', 'suite-value-empty', `rows of ${file} have no figure`);
    return undefined;
  }
  if (value === 0) {
    log.add('dropped', 'suite-value-zero', `rows of ${file} give a time of 0, which nothing takes`);
    return undefined;
  }
  if (value < 0) throw new TruelineError('SUITE_INVALID', `negative time ${value}`, { file, line: row.line });
  const stage = stageOf(row, experiment, file);
  const ms = metric === 'itlMeanMs' ? value * itlFactor(experiment, stage) : value;
  if (!Number.isFinite(ms)) {
    log.add('dropped', 'suite-itl-undefined', 'rows give an ITL to requests of a single output token');
    return undefined;
  }
  return { experiment: experiment.id, stage, metric, ms };
}

const stageOrder = (stage: Stage): number => (stage === 'all' ? Infinity : stage);

/** `measurements.csv`: the measured stages of each experiment, ITL per generated token. @throws SUITE_INVALID */
export function parseMeasurements(
  text: string,
  file: string,
  experiments: ExperimentsById,
  log: DiagnosticLog,
): Map<string, MeasuredStage[]> {
  const measured = new Map<string, Map<Stage, Partial<Record<MetricName, number>>>>();
  for (const row of parseCsv(text, file, ['experiment', 'stage', 'metric', 'actual_ms'])) {
    const figure = figureOf(row, 'actual_ms', file, experiments, log);
    if (figure === undefined) continue;
    const stages = measured.get(figure.experiment) ?? new Map<Stage, Partial<Record<MetricName, number>>>();
    measured.set(figure.experiment, stages);
    const known = stages.get(figure.stage);
    if (known?.[figure.metric] !== undefined) {
      const message = `a second ${figure.metric} of experiment ${figure.experiment}, stage ${figure.stage}`;
      throw new TruelineError('SUITE_INVALID', message, {
        file,
        line: row.line,
        hint: 'Keep one of the rows.',
      });
    }
    stages.set(figure.stage, { ...known, [figure.metric]: figure.ms });
  }
  const inOrder = (stages: Map<Stage, MeasuredStage['metrics']>): MeasuredStage[] =>
    [...stages]
      .map(([stage, metrics]) => ({ stage, metrics }))
      .toSorted((a, b) => (stageOrder(a.stage) < stageOrder(b.stage) ? -1 : 1));
  return new Map([...measured].map(([id, stages]) => [id, inOrder(stages)]));
}

/** `peer_predictions.csv`, ITL rescaled as the measured one is, so that relative errors stay as published. */
export function parsePeers(
  text: string,
  file: string,
  experiments: ExperimentsById,
  log: DiagnosticLog,
): PeerPrediction[] {
  const rows = parseCsv(text, file, ['experiment', 'simulator', 'stage', 'metric', 'predicted_ms']);
  return rows.flatMap((row) => {
    const figure = figureOf(row, 'predicted_ms', file, experiments, log);
    if (figure === undefined) return [];
    const simulator = row.cells['simulator'] ?? '';
    const taken = takenName(simulator);
    if (taken !== undefined) throw new TruelineError('SUITE_INVALID', taken, { file, line: row.line });
    const { experiment, stage, metric, ms } = figure;
    return [{ simulator, experiment, stage, metric, predictedMs: ms }];
  });
}
