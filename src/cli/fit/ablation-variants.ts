import { opRooflineBasis, type BasisSet } from '../../basis/index.js';
import type { Catalog } from '../../coefficients/index.js';
import { OFF, type AblationVariant, type BenchmarkFitInput } from '../../fit/index.js';
import type { Experiment } from '../../trace/experiment.js';
import type { ServerConfig } from '../../trace/server-config.js';
import type { Suite } from '../../trace/suite.js';
import { suiteBenchmarks } from './suite-benchmarks.js';

/** Terms that every model has and nothing predicts without: taking them out says nothing. */
const INDISPENSABLE = ['gemm', 'attention'];

/** The same prices on a server that has captured no CUDA graph: nothing is padded. */
const UNPADDED: BasisSet = {
  ...opRooflineBasis,
  compile: (context) => opRooflineBasis.compile({ ...context, server: { ...context.server, maxNumSeqs: 0 } }),
};

const withServer = (suite: Suite, changes: Partial<ServerConfig>): Suite => ({
  ...suite,
  experiments: suite.experiments.map((experiment): Experiment => ({
    ...experiment,
    server: { ...experiment.server, ...changes },
  })),
});

/** One batch in flight instead of two; the loop's own CPU time stays hidden, so that only the order of things changes. */
function oneBatch(catalog: Catalog, suite: Suite): BenchmarkFitInput {
  const changed = withServer(suite, { asyncScheduling: false });
  const input = suiteBenchmarks(catalog, changed, opRooflineBasis, 'train');
  return {
    ...input,
    simulate: (experiment, latency, seed) => input.simulate(experiment, { ...latency, hostStepUs: 0 }, seed),
  };
}

/**
 * The whole op-roofline model first, then it without each of its terms, then without what the workload and the
 * scheduler bring.
 * @throws as `suiteBenchmarks`
 */
export function ablationVariants(catalog: Catalog, suite: Suite): AblationVariant[] {
  const benchmarks = (changed: Suite, basis: BasisSet = opRooflineBasis): BenchmarkFitInput =>
    suiteBenchmarks(catalog, changed, basis, 'train');
  const whole = benchmarks(suite);
  const terms = [...opRooflineBasis.terms, ...opRooflineBasis.requestTerms]
    .map(({ name }) => name)
    .filter((name) => !INDISPENSABLE.includes(name));
  return [
    { name: 'everything', input: whole },
    ...terms.map((name) => ({ name: `without ${name}`, input: whole, priors: { [name]: OFF } })),
    { name: 'no CUDA-graph padding', input: benchmarks(suite, UNPADDED) },
    { name: 'one batch in flight', input: oneBatch(catalog, suite) },
    { name: 'no prefix caching', input: benchmarks(withServer(suite, { prefixCaching: false })) },
  ];
}
