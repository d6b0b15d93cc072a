import type { BasisSet } from '../../basis/index.js';
import type { Catalog } from '../../coefficients/index.js';
import { nearestName, TruelineError } from '../../errors.js';
import type { BenchmarkFitInput } from '../../fit/index.js';
import { replicateNoise, type ReplicateNoise } from '../../gate/index.js';
import type { Experiment } from '../../trace/experiment.js';
import { replicateGroups } from '../../validate/index.js';
import type { ServedOptions } from '../arguments/served.js';
import { readFitInputs } from '../fit/fit-inputs.js';
import { experimentBenchmarks } from '../fit/suite-benchmarks.js';
import { traceBenchmarks } from '../fit/trace-benchmarks.js';

/** New runs to score a set on, and what repeats of such a measurement differ by. */
export interface CanaryRuns {
  readonly input: BenchmarkFitInput;
  readonly noise: readonly ReplicateNoise[];
}

/**
 * Reads recorded runs with requests, or experiments of a suite, whatever their split: nothing is fitted to them.
 * @param only ids of experiments or runs; all when empty
 * @throws KEY_UNKNOWN for an id that is not there; as `readFitInputs`, `traceBenchmarks` and `experimentBenchmarks`
 */
export async function readCanaryRuns(
  catalog: Catalog,
  basis: BasisSet,
  inputs: readonly string[],
  options: ServedOptions & { readonly only?: readonly string[] },
): Promise<CanaryRuns> {
  const { only = [] } = options;
  const read = await readFitInputs(catalog, inputs, options);
  if (read.kind === 'runs') {
    return {
      input: traceBenchmarks(chosen(read.runs, only), basis),
      noise: replicateNoise({ replicates: [] }),
    };
  }
  const { suite } = read;
  return {
    input: experimentBenchmarks(catalog, suite, basis, chosen(suite.experiments, only)),
    noise: replicateNoise({ replicates: replicateGroups(suite.experiments) }),
  };
}

function chosen<Run extends Pick<Experiment, 'id'>>(runs: readonly Run[], only: readonly string[]): readonly Run[] {
  if (only.length === 0) return runs;
  const ids = runs.map(({ id }) => id);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    const near = nearestName(unknown, ids);
    throw new TruelineError('KEY_UNKNOWN', `there is no run \`${unknown}\``, {
      hint: near === undefined ? `Runs are ${ids.join(', ')}.` : `Did you mean \`${near}\`?`,
    });
  }
  return runs.filter(({ id }) => only.includes(id));
}
