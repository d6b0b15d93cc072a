import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TruelineError } from '../errors.js';
import { DiagnosticLog } from '../trace/diagnostic-log.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import type { PeerPrediction, Suite } from '../trace/suite.js';
import { checkShape } from '../text/check-shape.js';
import { readExperimentSource, type ExperimentSource } from './experiment-file.js';
import { suiteSchema } from './experiment-schema.js';
import { numberCell, parseCsv, type CsvRow } from '../text/parse-csv.js';
import { parseYamlDocument } from '../text/parse-document.js';
import { fileError, pathExists, readText } from './read-file.js';
import { hashedFiles } from './suite-files.js';
import { takenName } from './peer-name.js';
import { readSuiteModels } from './suite-models.js';

const PEER_COLUMNS = ['simulator', 'experiment', 'stage', 'metric', 'predictedMs'] as const;

const isMetric = (name: string): name is MetricName => (METRIC_NAMES as readonly string[]).includes(name);

function peerOf(row: CsvRow, ids: ReadonlySet<string>, file: string): PeerPrediction {
  const { simulator = '', experiment = '', stage = '', metric = '' } = row.cells;
  const refuse = (message: string): never => {
    throw new TruelineError('SUITE_INVALID', message, { file, line: row.line });
  };
  if (!ids.has(experiment)) refuse(`experiment \`${experiment}\` is not in the suite`);
  if (stage !== 'all' && !/^\d+$/u.test(stage)) refuse(`stage \`${stage}\` is neither a number nor \`all\``);
  const predictedMs = numberCell(row, 'predictedMs', file) ?? refuse('`predictedMs` is empty');
  if (!(predictedMs > 0)) refuse(`\`predictedMs\` is ${predictedMs}, which nothing takes`);
  const taken = takenName(simulator);
  if (taken !== undefined) refuse(taken);
  if (!isMetric(metric)) return refuse(`unknown metric \`${metric}\`; known: ${METRIC_NAMES.join(', ')}`);
  return { simulator, experiment, stage: stage === 'all' ? 'all' : Number(stage), metric, predictedMs };
}

async function experimentFiles(dir: string): Promise<string[]> {
  const folder = join(dir, 'experiments');
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.ya?ml$/u.test(name))
      .map((name) => join(folder, name))
      .toSorted();
  } catch (cause) {
    throw fileError(cause, folder);
  }
}

function refuseDuplicates(sources: readonly ExperimentSource[], files: readonly string[]): void {
  const seen = new Set<string>();
  sources.forEach(({ experiment: { id } }, i) => {
    if (seen.has(id))
      throw new TruelineError('SUITE_INVALID', `a second experiment \`${id}\``, { file: files[i] ?? '' });
    seen.add(id);
  });
}

/**
 * Reads a Trueline suite: `suite.yaml`, `experiments/*.yaml` (in order of file name) and, if there, `peers.csv` with
 * columns simulator, experiment, stage, metric (our names) and predictedMs.
 * @throws SUITE_INVALID, EXPERIMENT_INVALID, KEY_UNKNOWN, FILE_NOT_FOUND
 */
export async function readTruelineSuite(dir: string): Promise<Suite> {
  const suiteFile = join(dir, 'suite.yaml');
  const head = checkShape(
    suiteSchema,
    parseYamlDocument(await readText(suiteFile), suiteFile),
    'SUITE_INVALID',
  );
  const files = await experimentFiles(dir);
  if (files.length === 0) throw new TruelineError('SUITE_INVALID', 'no experiments/*.yaml', { file: dir });
  const sources: ExperimentSource[] = [];
  for (const file of files) sources.push(await readExperimentSource(file));
  refuseDuplicates(sources, files);
  const configs = sources.flatMap(({ experiment, modelConfig }) =>
    modelConfig === undefined ? [] : [[experiment.model, join(dir, modelConfig)] as const],
  );
  const log = new DiagnosticLog();
  const models = await readSuiteModels(new Map(configs), log);
  const ids = new Set(sources.map(({ experiment }) => experiment.id));
  const peersFile = join(dir, 'peers.csv');
  const peers = (await pathExists(peersFile))
    ? parseCsv(await readText(peersFile), peersFile, PEER_COLUMNS).map((row) => peerOf(row, ids, peersFile))
    : [];
  return {
    ...head,
    experiments: sources.map(({ experiment }) => experiment),
    files: await hashedFiles(dir, sources, files),
    ...models,
    peers,
    diagnostics: log.list(),
  };
}
