import { basename } from 'node:path';
import { TruelineError } from '../errors.js';
import { isRecord } from '../text/object-keys.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { BENCHMARK_LEFTOVERS } from './benchmark-leftovers.js';
import { looksLikeSweepTable } from './kernel-sweep-table.js';
import { readModelConfig } from './model-config.js';
import type { OtherFile } from './other-file.js';
import type { FileProbe } from './probe-file.js';
import { hasKeys, items, member } from './value-guards.js';

const isDocument = ({ kind }: FileProbe): boolean =>
  kind === 'json' || kind === 'yaml' || kind === 'json-lines';
const isYaml = ({ kind }: FileProbe): boolean => kind === 'yaml';

const isSweepTable = ({ start, value }: FileProbe): boolean =>
  looksLikeSweepTable(Buffer.from(start)) || hasKeys(items(value)[0], 'op_name', 'latency');

const SUITE_TABLES = [
  'experiment,split,stage,metric,actual_ms',
  'experiment,simulator,stage,metric,predicted_ms',
  'simulator,experiment,stage,metric,predictedMs',
];

const OTHER_FILES: readonly OtherFile[] = [
  ...BENCHMARK_LEFTOVERS,
  {
    what: 'a table of kernel times, or a Parquet file',
    hint: 'Fit kernel times with `trueline fit kernels`; give traces as the files their tools wrote.',
    matches: isSweepTable,
  },
  {
    what: 'the description of a kernel sweep',
    hint: 'Give the folder of its tables to `trueline fit kernels`.',
    matches: (probe) =>
      isYaml(probe) && (hasKeys(probe.value, 'tables', 'runtime') || hasKeys(probe.value, 'reuse')),
  },
  {
    what: 'a GPU data sheet',
    hint: 'Give it to `trueline fit kernels` with --gpu.',
    matches: (probe) => isYaml(probe) && hasKeys(member(probe.value, 'gpu'), 'mem_bw'),
  },
  {
    what: 'the GPU facts of BLIS',
    hint: 'Trueline has its own: `trueline simulate --gpu`.',
    matches: ({ kind, value }) =>
      kind === 'json' &&
      isRecord(value) &&
      Object.keys(value).length > 0 &&
      Object.values(value).every((gpu) => hasKeys(gpu, 'TFlopsPeak')),
  },
  {
    what: 'the coefficients of BLIS',
    hint: 'Read them with `trueline coefficients import`, or fit the same terms to your own runs: `trueline fit --basis trained-physics`.',
    matches: (probe) => isDocument(probe) && hasKeys(probe.value, 'trained_physics_coefficients'),
  },
  {
    what: 'part of a validation suite',
    hint: 'Give the folder of the suite to `trueline validate` or `trueline fit`.',
    matches: ({ kind, value, start }) =>
      (kind === 'json' && hasKeys(items(member(value, 'experiments'))[0], 'id', 'split', 'model')) ||
      (kind === 'yaml' && hasKeys(value, 'id', 'split', 'workload', 'server')) ||
      (kind === 'text' && SUITE_TABLES.some((header) => start.startsWith(header))),
  },
  {
    what: 'a Hugging Face model configuration',
    hint: 'Name it as `modelConfig` in an experiment file.',
    matches: ({ kind, value }) =>
      kind === 'json' &&
      (hasKeys(value, 'architectures') || hasKeys(value, 'model_type')) &&
      (hasKeys(value, 'hidden_size') || hasKeys(value, 'text_config')),
    check: readModelConfig,
  },
  {
    what: 'the quantisation of a Hugging Face model',
    hint: 'Keep it beside the `config.json` that an experiment names as `modelConfig`.',
    matches: ({ kind, value }) =>
      kind === 'json' && hasKeys(value, 'producer') && hasKeys(member(value, 'quantization'), 'quant_algo'),
  },
  {
    what: 'a logging configuration',
    hint: 'Name the log itself.',
    matches: (probe) => isDocument(probe) && hasKeys(probe.value, 'formatters', 'handlers'),
  },
  {
    what: 'the time series of an LLMServingSim bench run, which repeats its requests in ticks',
    hint: 'Name the folder that holds its requests.jsonl.',
    matches: ({ kind, start }) =>
      kind === 'text' && start.startsWith('t,prompt_throughput,gen_throughput,running,waiting,kv_cache_pct'),
  },
];

const otherFileOf = (probe: FileProbe): OtherFile | undefined =>
  OTHER_FILES.find(({ matches }) => matches(probe));

/** True for files that are known but do not record a run. */
export const isOtherFile = (probe: FileProbe): boolean => otherFileOf(probe) !== undefined;

/** Counts files that lie beside a run and say nothing about it. */
export function reportOtherFiles(probes: readonly FileProbe[], log: DiagnosticLog): void {
  const names = probes.map((probe) => `${basename(probe.file)} (${otherFileOf(probe)?.what ?? ''})`);
  log.add('doubt', 'file-not-of-run', `files that do not record the run: ${names.join(', ')}`, names.length);
}

/**
 * Says what a file is that holds no run, and where it belongs.
 * @throws ARCH_UNSUPPORTED for a model that is not modelled; NOT_A_RUN for everything else
 */
export async function refuseOtherFile(probe: FileProbe): Promise<never> {
  const other = otherFileOf(probe);
  await other?.check?.(probe.file);
  throw new TruelineError('NOT_A_RUN', `is ${other?.what ?? 'not a run'}, not a recorded run`, {
    file: probe.file,
    ...(other === undefined ? {} : { hint: other.hint }),
  });
}
