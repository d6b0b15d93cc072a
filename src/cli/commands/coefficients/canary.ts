import { basisByName } from '../../../basis/index.js';
import { beyondFit, readCatalog, readCoefficientSet } from '../../../coefficients/index.js';
import { scoreCanary, type CanaryMetric, type CanaryNoise } from '../../../fit/index.js';
import type { ReplicateNoise } from '../../../gate/index.js';
import { canaryReport } from '../../../report/coefficients/canary-report.js';
import type { MetricName } from '../../../trace/metrics.js';
import type { ServedOptions } from '../../arguments/served.js';
import { readCanaryRuns } from '../../coefficients/canary-runs.js';
import type { CommonOptions } from '../../conclude.js';
import { renderAs, type Outcome, type TextFormat } from '../../outcome.js';

/** Options of `trueline coefficients canary`. */
export interface CanaryOptions extends CommonOptions, ServedOptions {
  readonly only?: readonly string[];
  /** Inputs like those to score: the same runs, measured when the set was true. */
  readonly before?: readonly string[];
  /** Mean errors of ITL and E2E that would matter, in %; of TTFT, twice as much. */
  readonly tolerance: number;
  readonly format: TextFormat;
}

/**
 * Scores a coefficient set on a few new runs; does not pass when a metric drifted.
 * @throws the codes of `readCoefficientSet`, `readCanaryRuns` and `scoreCanary`
 */
export async function canary(
  name: string,
  inputs: readonly string[],
  options: CanaryOptions,
): Promise<Outcome> {
  const catalog = await readCatalog();
  const set = await readCoefficientSet(name);
  const basis = basisByName(set.basis);
  const { input, noise } = await readCanaryRuns(catalog, basis, inputs, options);
  const before =
    options.before === undefined
      ? undefined
      : (await readCanaryRuns(catalog, basis, options.before, options)).input;
  const scored = { runs: input, ...(before && { before }) };
  const found = scoreCanary(scored, set, judgedBy(noise, options.tolerance));
  const gaps = input.experiments.flatMap((experiment) => beyondFit(set, input.contextOf(experiment)));
  const result = {
    coefficientSet: set.name,
    isAgainstBefore: before !== undefined,
    ...found,
    beyondFit: gaps.filter((gap, i) => gaps.findIndex(({ value }) => value === gap.value) === i),
  };
  return {
    text: (terminal) => renderAs(options.format, canaryReport(result), terminal),
    json: () => result,
    passed: found.metrics.every(({ verdict }) => verdict !== 'drifted'),
  };
}

/** Mean TTFT is front end and chance of arrivals as much as step time: it is asked for half as exactly. */
function judgedBy(
  noise: readonly ReplicateNoise[],
  tolerancePct: number,
): Readonly<Record<CanaryMetric, CanaryNoise>> {
  const noisePct = (metric: MetricName): number =>
    noise.find((entry) => entry.metric === metric)?.noisePct ?? 0;
  return {
    ttftMeanMs: { noisePct: noisePct('ttftMeanMs'), tolerancePct: 2 * tolerancePct },
    itlMeanMs: { noisePct: noisePct('itlMeanMs'), tolerancePct },
    e2eMeanMs: { noisePct: noisePct('e2eMeanMs'), tolerancePct },
  };
}
