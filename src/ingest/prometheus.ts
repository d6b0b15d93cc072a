import { withoutUndefined } from '../text/object-keys.js';
import type { ServerConfig } from '../trace/server-config.js';
import { sToMs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';

/** One sample line of the text exposition format. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function sampleOf(line: string): Sample | undefined {
  const match = /^vllm:(\w+)(?:\{(.*)\})?\s+(\S+)/u.exec(line);
  if (match === null) return undefined;
  const [, name = '', labelText = '', value = ''] = match;
  const labels = Object.fromEntries(
    [...labelText.matchAll(/(\w+)="([^"]*)"/gu)].map(([, key = '', text = '']) => [key, text]),
  );
  return { name, labels, value: Number(value) };
}

/** `cache_config_info` carries the cache configuration in its labels. */
function cacheFacts(samples: readonly Sample[]): Partial<ServerConfig> {
  const labels = samples.find(({ name }) => name === 'cache_config_info')?.labels ?? {};
  const number = (key: string): number | undefined => {
    const value = Number(labels[key]);
    return Number.isFinite(value) ? value : undefined;
  };
  const caching = labels['enable_prefix_caching'];
  return withoutUndefined({
    totalKvBlocks: number('num_gpu_blocks'),
    blockSizeTokens: number('block_size'),
    gpuMemoryUtilizationRatio: number('gpu_memory_utilization'),
    prefixCaching: caching === undefined ? undefined : caching === 'True',
  });
}

function factsOf(samples: readonly Sample[]): RunFacts {
  const model = samples.find(({ labels }) => labels['model_name'] !== undefined)?.labels['model_name'];
  return { ...withoutUndefined({ model }), server: cacheFacts(samples) };
}

/** Model and KV-cache configuration from the text of a metrics page; nothing from any other text. */
export const scrapeFacts = (page: string): RunFacts =>
  factsOf(page.split('\n').flatMap((line) => sampleOf(line) ?? []));

/** Sum of a sample over engines. */
const total = (samples: readonly Sample[], name: string): number =>
  samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);

/** Mean of a histogram in ms: its buckets are too coarse for percentiles. */
function meanMs(samples: readonly Sample[], name: string): number | undefined {
  const count = total(samples, `${name}_count`);
  return count > 0 ? sToMs(total(samples, `${name}_sum`) / count) : undefined;
}

async function readScrape(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const samples: Sample[] = [];
  const last = files.at(-1); // counters only grow: the last scrape holds the others
  if (last !== undefined)
    for await (const { text } of readLines(last.file)) samples.push(...[sampleOf(text) ?? []].flat());
  log.add('dropped', 'scrape-older', 'metric scrapes that a later one contains', files.length - 1);
  const metrics = withoutUndefined({
    ttftMeanMs: meanMs(samples, 'time_to_first_token_seconds'),
    itlMeanMs: meanMs(samples, 'inter_token_latency_seconds'),
    e2eMeanMs: meanMs(samples, 'e2e_request_latency_seconds'),
  });
  if (Object.keys(metrics).length > 0) {
    log.add('doubt', 'scrape-whole-life', 'figures cover the server since it started, warm-up included');
  }
  const requests = total(samples, 'e2e_request_latency_seconds_count');
  return {
    ...(Object.keys(metrics).length === 0
      ? {}
      : { stages: [{ stage: 'all', requests, failed: 0, metrics }] }),
    clock: 'engine',
    facts: factsOf(samples),
  };
}

/** vLLM's `/metrics` page. */
export const prometheusImporter: DataImporter = {
  format: 'vllm-metrics',
  looksFor: "vLLM's metrics page: lines that start with `vllm:`",
  matches: ({ kind, start }) => kind !== 'json' && kind !== 'json-lines' && /^vllm:\w+/mu.test(start),
  read: readScrape,
};
