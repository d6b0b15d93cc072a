import { basename, join, resolve } from 'node:path';
import { TruelineError } from '../errors.js';
import type { Experiment, MeasuredStage, SharedPrefixWorkload, Split } from '../trace/experiment.js';
import type { ModelArch } from '../trace/model-arch.js';
import { DEFAULT_SERVER, type ServerConfig } from '../trace/server-config.js';
import type { Suite } from '../trace/suite.js';
import { checkShape } from '../text/check-shape.js';
import { DiagnosticLog } from '../trace/diagnostic-log.js';
import { parseJsonDocument, type ParsedDocument } from '../text/parse-document.js';
import { parseMeasurements, parsePeers } from './public-measurements.js';
import { publicExperimentsSchema, unknownKeys, type PublicExperiment } from './public-suite-schema.js';
import { pathExists, readText } from './read-file.js';
import { suiteFile } from './suite-files.js';
import { readSuiteModels } from './suite-models.js';

/** Spread of realised prompt lengths, in tokens: 5.6–7.9 in the request logs of three train runs (inference-sim/training@c4f0340). */
const PROMPT_TOKENS_SD = 7;
/** Idle time between stages, in seconds: 4.2–7.1 in the same logs. */
const STAGE_GAP_S = 5;

function serverOf(experiment: PublicExperiment, log: DiagnosticLog): ServerConfig {
  const { total_kv_blocks: totalKvBlocks, cpu_kv_blocks: cpuKvBlocks } = experiment;
  if (experiment.kv_cpu_offload === true && typeof cpuKvBlocks !== 'number') {
    log.add(
      'doubt',
      'suite-cpu-blocks-unknown',
      'experiments offload KV blocks to the CPU but do not say how many',
    );
  }
  return {
    ...DEFAULT_SERVER,
    tensorParallelSize: experiment.tensor_parallel_size,
    maxNumSeqs: experiment.max_num_seqs,
    maxNumBatchedTokens: experiment.max_num_batched_tokens,
    gpuMemoryUtilizationRatio: experiment.gpu_memory_utilization ?? DEFAULT_SERVER.gpuMemoryUtilizationRatio,
    ...(typeof totalKvBlocks === 'number' ? { totalKvBlocks } : {}),
    ...(typeof cpuKvBlocks === 'number' ? { cpuKvBlocks } : {}),
  };
}

function workloadOf(experiment: PublicExperiment, log: DiagnosticLog): SharedPrefixWorkload {
  const [first] = experiment.stages;
  const outputTokens = first?.output_tokens ?? experiment.shared_prefix.output_len;
  if (experiment.stages.some((stage) => stage.output_tokens !== outputTokens)) {
    log.add(
      'doubt',
      'suite-output-varies',
      'experiments generate different lengths per stage; the first is used',
    );
  }
  const asked = experiment.shared_prefix.system_prompt_len + experiment.shared_prefix.question_len;
  if (typeof experiment.mean_prompt_tokens !== 'number') {
    log.add(
      'doubt',
      'suite-prompt-length-asked',
      'experiments state the prompt length asked for, not the realised one',
    );
  }
  return {
    kind: 'shared-prefix',
    numGroups: experiment.shared_prefix.num_groups,
    promptsPerGroup: experiment.shared_prefix.num_prompts_per_group,
    systemPromptTokens: experiment.shared_prefix.system_prompt_len,
    promptTokensMean: experiment.mean_prompt_tokens ?? asked,
    promptTokensSd: PROMPT_TOKENS_SD,
    outputTokens,
    stages: experiment.stages.map(({ rate, duration }) => ({ ratePerS: rate, durationS: duration })),
    stageGapS: STAGE_GAP_S,
  };
}

function splitOf({ split }: PublicExperiment, log: DiagnosticLog): Split {
  if (split === 'train' || split === 'test') return split;
  log.add('doubt', 'suite-split-unknown', `split \`${split ?? 'none'}\` is read as test`);
  return 'test';
}

/** First existing configuration of a model: in the suite, or beside it. */
async function configFile(dir: string, folder: string): Promise<string | undefined> {
  for (const root of [join(dir, 'models'), join(dir, '..', 'models')]) {
    const file = join(root, folder, 'config.json');
    if (await pathExists(file)) return file;
  }
  return undefined;
}

/** Configurations that came with the suite, by the name its experiments use. */
async function configFiles(
  dir: string,
  experiments: readonly PublicExperiment[],
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { model, model_config: folder } of experiments) {
    const file = typeof folder === 'string' ? await configFile(dir, folder) : undefined;
    if (file !== undefined) files.set(model, file);
  }
  return files;
}

/** @throws SUITE_INVALID: figures could not be told apart */
function refuseDuplicates(experiments: readonly PublicExperiment[], { file, lineOf }: ParsedDocument): void {
  const ids = experiments.map(({ id }) => id);
  const second = ids.findIndex((id, i) => ids.indexOf(id) < i);
  if (second === -1) return;
  const line = lineOf(['experiments', second, 'id']);
  const where = { file, ...(line === undefined ? {} : { line }), hint: 'Give every experiment its own id.' };
  throw new TruelineError('SUITE_INVALID', `a second experiment \`${ids[second]}\``, where);
}

function checkPrecision(experiment: PublicExperiment, arch: ModelArch | undefined, log: DiagnosticLog): void {
  if (arch === undefined || typeof experiment.precision !== 'string') return;
  const served = arch.precision === 'fp8' ? /fp8|w8a8/iu : /16/u;
  if (served.test(experiment.precision)) return;
  const message = `stated precision differs from the model's, e.g. experiment ${experiment.id}`;
  log.add('doubt', 'suite-precision-differs', message);
}

/** Text of a table of the suite; undefined when the suite has none. */
async function tableText(file: string): Promise<string | undefined> {
  return (await pathExists(file)) ? readText(file) : undefined;
}

function buildExperiment(
  experiment: PublicExperiment,
  measured: readonly MeasuredStage[],
  source: string,
  log: DiagnosticLog,
): Experiment {
  if (measured.length === 0) log.add('doubt', 'suite-not-measured', 'experiments have no measured figures');
  return {
    id: experiment.id,
    title: experiment.folder ?? experiment.id,
    split: splitOf(experiment, log),
    model: experiment.model,
    gpu: experiment.hardware,
    server: serverOf(experiment, log),
    assumesEngineVersion: true,
    workloadName: experiment.workload,
    workload: workloadOf(experiment, log),
    measured,
    source,
  };
}

/**
 * Reads a suite in the public layout: `experiments.json`, `measurements.csv`, optionally `peer_predictions.csv` and
 * `models/<model_config>/config.json` (in the folder or beside it). Keys it does not know are tolerated and counted.
 * @throws SUITE_INVALID, FORMAT_INVALID, FILE_NOT_FOUND
 */
export async function readPublicSuite(dir: string): Promise<Suite> {
  const log = new DiagnosticLog();
  const file = join(dir, 'experiments.json');
  const document = parseJsonDocument(await readText(file), file);
  const { experiments } = checkShape(publicExperimentsSchema, document, 'SUITE_INVALID');
  const extra = unknownKeys(document.value);
  log.add('doubt', 'suite-key-unknown', `keys are not read: ${[...new Set(extra)].join(', ')}`, extra.length);
  refuseDuplicates(experiments, document);
  const byId = new Map(experiments.map((experiment) => [experiment.id, experiment]));
  const { models, refusedModels } = await readSuiteModels(await configFiles(dir, experiments), log);
  for (const experiment of experiments) checkPrecision(experiment, models[experiment.model], log);
  const [measuredFile, peersFile] = [join(dir, 'measurements.csv'), join(dir, 'peer_predictions.csv')];
  const [measuredText, peersText] = [await tableText(measuredFile), await tableText(peersFile)];
  const measured = measuredText && parseMeasurements(measuredText, measuredFile, byId, log);
  const name = basename(resolve(dir));
  const source = `${name}/experiments.json`;
  return {
    name,
    description: 'vLLM load tests with measured TTFT, ITL and E2E per stage',
    source,
    experiments: experiments.map((experiment) => {
      const stages = measured ? (measured.get(experiment.id) ?? []) : [];
      return buildExperiment(experiment, stages, source, log);
    }),
    files: [
      await suiteFile(dir, file),
      ...(measuredText === undefined ? [] : [await suiteFile(dir, measuredFile)]),
    ],
    models,
    refusedModels,
    peers: peersText === undefined ? [] : parsePeers(peersText, peersFile, byId, log),
    diagnostics: log.list(),
  };
}
