import { dirname, join } from 'node:path';
import Papa from 'papaparse';
import { stringify } from 'yaml';
import { TruelineError } from '../errors.js';
import type { Experiment, MeasuredStage, RequestTraceWorkload, Workload } from '../trace/experiment.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import { DEFAULT_SERVER, type ServerConfig } from '../trace/server-config.js';
import { checkShape } from '../text/check-shape.js';
import { experimentSchema, type ExperimentFile } from './experiment-schema.js';
import { withoutUndefined } from '../text/object-keys.js';
import { numberCell, parseCsv } from '../text/parse-csv.js';
import { parseYamlDocument, type ParsedDocument } from '../text/parse-document.js';
import { readText } from './read-file.js';

const REQUEST_COLUMNS = ['arrivedAtUs', 'promptTokens', 'outputTokens', 'promptId', 'stage'] as const;

/** The requests of a `request-trace` workload. @throws WORKLOAD_INVALID, FORMAT_INVALID */
function parseRequestTrace(text: string, file: string): RequestTraceWorkload {
  const rows = parseCsv(text, file, REQUEST_COLUMNS);
  if (rows.length === 0) throw new TruelineError('WORKLOAD_INVALID', 'no requests', { file });
  const column = (name: (typeof REQUEST_COLUMNS)[number], largest: number): number[] =>
    rows.map((row) => {
      const value = numberCell(row, name, file) ?? NaN;
      if (value >= 0 && value <= largest && (largest === Infinity || Number.isInteger(value))) return value;
      const range = largest === Infinity ? 'number ≥ 0' : `whole number from 0 to ${largest}`;
      const message = `\`${name}\` must be a ${range}`;
      throw new TruelineError('WORKLOAD_INVALID', message, { file, line: row.line });
    });
  const wholes = (name: 'promptTokens' | 'outputTokens' | 'promptId'): Int32Array =>
    Int32Array.from(column(name, 2 ** 31 - 1));
  const arrivedAtUs = Float64Array.from(column('arrivedAtUs', Infinity));
  const backwards = arrivedAtUs.findIndex((at, i) => i > 0 && at < (arrivedAtUs[i - 1] ?? 0));
  if (backwards !== -1) {
    const line = rows[backwards]?.line ?? 1;
    throw new TruelineError('TRACE_CLOCK', 'arrivals go backwards', { file, line, hint: 'Sort by arrival.' });
  }
  return {
    kind: 'request-trace',
    arrivedAtUs,
    promptTokens: wholes('promptTokens'),
    outputTokens: wholes('outputTokens'),
    promptId: wholes('promptId'),
    stage: Uint16Array.from(column('stage', 2 ** 16 - 1)),
  };
}

/** CSV text of a `request-trace` workload, to stand beside its experiment. */
export function renderRequestTrace(workload: RequestTraceWorkload): string {
  const rows = Array.from(workload.arrivedAtUs, (_, i) =>
    REQUEST_COLUMNS.map((column) => workload[column][i]),
  );
  return `${Papa.unparse([[...REQUEST_COLUMNS], ...rows], { newline: '\n' })}\n`;
}

async function workloadOf(file: ExperimentFile['workload'], folder: string): Promise<Workload> {
  if (file.kind === 'request-trace') {
    const path = join(folder, file.requests);
    return parseRequestTrace(await readText(path), path);
  }
  const { name: _name, ...workload } = file;
  return workload;
}

function stageCount(workload: Workload): number {
  if (workload.kind === 'request-trace')
    return workload.stage.reduce((largest, stage) => Math.max(largest, stage), 0) + 1;
  if (workload.kind === 'shared-prefix') return workload.stages.length;
  return workload.load.kind === 'rate' ? workload.load.stages.length : 1;
}

const measuredStage = ({ stage, ...metrics }: ExperimentFile['measured'][number]): MeasuredStage => ({
  stage,
  metrics: withoutUndefined(metrics),
});

/** An experiment file with what `Experiment` leaves out: where the model's configuration and recorded requests are. */
export interface ExperimentSource {
  readonly experiment: Experiment;
  readonly modelConfig: string | undefined;
  /** Path of the table of a `request-trace` workload. */
  readonly requestsFile: string | undefined;
}

async function buildExperiment(document: ParsedDocument): Promise<ExperimentSource> {
  const file = checkShape(experimentSchema, document, 'EXPERIMENT_INVALID');
  const server: ServerConfig = { ...DEFAULT_SERVER, ...withoutUndefined(file.server) };
  const { id, title, split, model, gpu, source } = file;
  const workload = await workloadOf(file.workload, dirname(document.file));
  const measured = file.measured.map(measuredStage);
  const stages = stageCount(workload);
  measured.forEach(({ stage }, i) => {
    if (stage === 'all' || stage < stages) return;
    const message = `measured stage ${stage}, but the workload has ${stages}`;
    const line = document.lineOf(['measured', i, 'stage']);
    throw new TruelineError('EXPERIMENT_INVALID', message, {
      file: document.file,
      ...(line === undefined ? {} : { line }),
    });
  });
  const workloadName = file.workload.name;
  const described = { id, title, split, model, gpu, server, workloadName, workload, measured, source };
  const experiment = {
    ...described,
    ...(file.server.engineVersion === undefined ? { assumesEngineVersion: true as const } : {}),
  };
  const requestsFile =
    file.workload.kind === 'request-trace' ? join(dirname(document.file), file.workload.requests) : undefined;
  return { experiment, modelConfig: file.modelConfig, requestsFile };
}

/** Like `readExperiment`, with the path of the model's configuration when the file states one. */
export async function readExperimentSource(path: string): Promise<ExperimentSource> {
  return buildExperiment(parseYamlDocument(await readText(path), path));
}

/**
 * Reads one experiment file (YAML; see `experiment-schema.ts`), and the request CSV it names.
 * @throws KEY_UNKNOWN, EXPERIMENT_INVALID, WORKLOAD_INVALID, FORMAT_INVALID, FILE_NOT_FOUND
 */
export async function readExperiment(path: string): Promise<Experiment> {
  return (await readExperimentSource(path)).experiment;
}

/** Server options that differ from the defaults; sizes are always written, and the version unless nobody stated it. */
function statedServer({ server, assumesEngineVersion }: Experiment): Partial<ServerConfig> {
  const sizes = ['tensorParallelSize', 'maxNumSeqs', 'maxNumBatchedTokens'];
  const always = new Set(assumesEngineVersion === true ? sizes : ['engineVersion', ...sizes]);
  const defaults: Readonly<Record<string, unknown>> = { ...DEFAULT_SERVER };
  return Object.fromEntries(
    Object.entries(server).filter(
      ([key, value]) => value !== undefined && (always.has(key) || value !== defaults[key]),
    ),
  );
}

function orderedMetrics(metrics: MeasuredStage['metrics']): Partial<Record<MetricName, number>> {
  return withoutUndefined(Object.fromEntries(METRIC_NAMES.map((metric) => [metric, metrics[metric]])));
}

/**
 * YAML text of an experiment, as `readExperiment` reads it. A request trace is named `<id>.requests.csv`; write it
 * with `renderRequestTrace`.
 */
export function renderExperiment(experiment: Experiment): string {
  const { id, title, split, model, gpu, source, workload, workloadName } = experiment;
  const body =
    workload.kind === 'request-trace' ? { kind: workload.kind, requests: `${id}.requests.csv` } : workload;
  const file = {
    id,
    title,
    split,
    model,
    gpu,
    source,
    server: statedServer(experiment),
    workload: { name: workloadName, ...body },
    measured: experiment.measured.map(({ stage, metrics }) => ({ stage, ...orderedMetrics(metrics) })),
  };
  return stringify(file, { lineWidth: 110 });
}
