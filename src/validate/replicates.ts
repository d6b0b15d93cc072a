import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { Experiment } from '../trace/experiment.js';
import { METRIC_NAMES, type MetricName } from '../trace/metrics.js';
import type { ServerConfig } from '../trace/server-config.js';

/** How much one measured figure of a whole run differs between repeats. */
interface ReplicateNoise {
  readonly metric: MetricName;
  readonly n: number;
  readonly meanMs: number;
  /** Standard deviation ÷ mean, in %. */
  readonly cvPct: number;
  /** (Largest − smallest) ÷ mean, in %. */
  readonly spreadPct: number;
}

/** Measured runs of one model on one GPU, equally parallel and under one load. */
export interface ReplicateGroup {
  readonly experiments: readonly string[];
  /** Server settings in which they differ all the same: their effect is part of the noise. */
  readonly differingSettings: readonly string[];
  readonly noise: readonly ReplicateNoise[];
}

/** What must be equal for two runs to repeat each other; recorded requests repeat nothing but themselves. */
const configurationOf = ({ id, model, gpu, server, workload }: Experiment): string =>
  workload.kind === 'request-trace'
    ? id
    : JSON.stringify([model, gpu, server.tensorParallelSize, server.dataParallelSize, workload]);

/** Groups of two or more experiments that repeat each other, in the order of the suite. */
export function replicateGroups(experiments: readonly Experiment[]): ReplicateGroup[] {
  const groups = new Map<string, Experiment[]>();
  for (const experiment of experiments) {
    const key = configurationOf(experiment);
    groups.set(key, [...(groups.get(key) ?? []), experiment]);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({
      experiments: group.map(({ id }) => id),
      differingSettings: differingSettings(group.map(({ server }) => server)),
      noise: METRIC_NAMES.flatMap((metric) => noiseOf(group, metric)),
    }));
}

function differingSettings(servers: readonly ServerConfig[]): string[] {
  const values = new Map<string, Set<unknown>>();
  for (const name of servers.flatMap((server) => Object.keys(server))) values.set(name, new Set());
  for (const server of servers) {
    const settings: Readonly<Record<string, unknown>> = { ...server };
    for (const [name, seen] of values) seen.add(settings[name]);
  }
  return [...values].flatMap(([name, seen]) => (seen.size > 1 ? [name] : [])).toSorted();
}

function noiseOf(group: readonly Experiment[], metric: MetricName): ReplicateNoise[] {
  const values = group.flatMap(
    ({ measured }) => measured.find(({ stage }) => stage === 'all')?.metrics[metric] ?? [],
  );
  if (values.length < 2) return [];
  const meanMs = mean(values);
  const cvPct = (100 * sampleStandardDeviation(values)) / meanMs;
  const spreadPct = (100 * (Math.max(...values) - Math.min(...values))) / meanMs;
  return [{ metric, n: values.length, meanMs, cvPct, spreadPct }];
}

/** Noise of a repeat run, pooled over groups of repeats. */
export interface PooledNoise {
  /** Standard deviation ÷ mean, in %. */
  readonly cvPct: number;
  /** Repeats beyond the first of each group: the standard deviation is known to about 1 / √(2 · this) of itself. */
  readonly degreesOfFreedom: number;
}

/** Noise of a repeat run pooled over groups, weighted by degrees of freedom; undefined without any. */
export function pooledNoise(groups: readonly ReplicateGroup[], metric: MetricName): PooledNoise | undefined {
  const noise = groups.flatMap((group) => group.noise.filter((entry) => entry.metric === metric));
  const degreesOfFreedom = noise.reduce((sum, { n }) => sum + n - 1, 0);
  if (degreesOfFreedom === 0) return undefined;
  const variance = noise.reduce((sum, { n, cvPct }) => sum + (n - 1) * cvPct ** 2, 0) / degreesOfFreedom;
  return { cvPct: Math.sqrt(variance), degreesOfFreedom };
}
