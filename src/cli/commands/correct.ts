import { basename } from 'node:path';
import { basisByName, type BasisSet } from '../../basis/index.js';
import {
  readCatalog,
  readCoefficientSet,
  renderCoefficientSet,
  withCorrections,
  type Catalog,
  type CorrectionPrior,
} from '../../coefficients/index.js';
import { TruelineError } from '../../errors.js';
import {
  learnCorrections,
  type BenchmarkFitInput,
  type CorrectionOptions,
  type PriorOverrides,
} from '../../fit/index.js';
import { paragraph, type ReportDocument } from '../../report/document.js';
import { correctionReport } from '../../report/fit/correction-report.js';
import { renderTerminal } from '../../report/render-terminal.js';
import { readFitInputs, type FitInputs } from '../fit/fit-inputs.js';
import { sourcesOf } from '../fit/fit-traces.js';
import { suiteBenchmarks } from '../fit/suite-benchmarks.js';
import { traceBenchmarks } from '../fit/trace-benchmarks.js';
import type { Outcome } from '../outcome.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';
import type { FitOptions } from './fit.js';

/** Options of `trueline fit --correct`. */
export interface CorrectOptions extends FitOptions {
  /** Name or file of the set to correct. */
  readonly correct: string;
}

/**
 * Learns a correction of a coefficient set for each configuration among the inputs, and writes the set with them when asked to.
 * @throws USAGE for a prior of anything but the two scales; FILE_EXISTS before anything is read; as `readFitInputs` and `learnCorrections`
 */
export async function correct(inputs: readonly string[], options: CorrectOptions): Promise<Outcome> {
  const { out } = options;
  const write = { force: options.force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const catalog = await readCatalog();
  const base = await readCoefficientSet(options.correct);
  const read = await readFitInputs(catalog, inputs, options);
  const configurations = learnCorrections(benchmarksOf(catalog, read, basisByName(base.basis)), base, {
    heldOut: options.holdOut ?? [],
    prior: priorOf(options.priorSd),
    sourcesOf: sourcesIn(read),
  });
  const name = basename(out ?? `${base.name}-corrected`, '.json');
  const added = configurations.map(({ correction }) => correction);
  const set = withCorrections({ ...base, name }, added);
  if (out !== undefined) writeFileAtomic(out, [renderCoefficientSet(set)], write);
  return {
    text: (terminal) =>
      renderTerminal([...correctionReport(base.name, configurations), ...written(out)], terminal),
    json: () => ({ out, coefficientSet: set, configurations }),
    passed: true,
  };
}

/** @throws USAGE for a name that is no scale of a correction */
function priorOf(overrides: PriorOverrides = {}): Partial<CorrectionPrior> {
  const { stepScale, frontScale, ...unknown } = overrides;
  const [name] = Object.keys(unknown);
  if (name !== undefined)
    throw new TruelineError('USAGE', `\`${name}\` is no scale of a correction`, {
      hint: 'With --correct, --prior-sd takes stepScale and frontScale, like stepScale=0.05.',
    });
  return {
    ...(stepScale?.sd !== undefined && { stepLogSd: stepScale.sd }),
    ...(frontScale?.sd !== undefined && { frontLogSd: frontScale.sd }),
  };
}

const written = (out: string | undefined): ReportDocument =>
  out === undefined
    ? []
    : [paragraph(`Wrote ${out}. Use it with \`trueline validate --coefficients ${out}\`.`)];

const benchmarksOf = (catalog: Catalog, read: FitInputs, basis: BasisSet): BenchmarkFitInput =>
  read.kind === 'suite'
    ? suiteBenchmarks(catalog, read.suite, basis, 'train')
    : traceBenchmarks(read.runs, basis);

function sourcesIn(read: FitInputs): CorrectionOptions['sourcesOf'] {
  if (read.kind === 'suite') {
    const { name, source } = read.suite;
    return () => [{ name: `${name}: ${source}` }];
  }
  return (experiments) =>
    read.runs.filter(({ id }) => experiments.some((each) => each.id === id)).flatMap(sourcesOf);
}
