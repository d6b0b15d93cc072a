import type { BasisContext } from '../../../basis/index.js';
import {
  diffCorrections,
  diffSets,
  predictionChange,
  readCatalog,
  readCoefficientSet,
  type CoefficientSet,
} from '../../../coefficients/index.js';
import { TruelineError } from '../../../errors.js';
import { setDifferenceReport, type PricedConfiguration } from '../../../report/coefficients/set-difference-report.js';
import type { ServedOptions } from '../../arguments/served.js';
import { comparedConfigurations } from '../../coefficients/compared-configurations.js';
import type { CommonOptions } from '../../conclude.js';
import { renderAs, type Outcome, type TextFormat } from '../../outcome.js';

/** Options of `trueline coefficients diff`. */
export interface DiffOptions extends CommonOptions, ServedOptions {
  readonly format: TextFormat;
}

/**
 * Compares two coefficient sets and what they predict; passes when no entry moved or is in one set only, and no
 * correction that both have moved.
 * @throws the codes of `readCoefficientSet`, `diffSets` and `comparedConfigurations`
 */
export async function diffCoefficients(
  beforeName: string,
  afterName: string,
  options: DiffOptions,
): Promise<Outcome> {
  const catalog = await readCatalog();
  const [before, after] = [await readCoefficientSet(beforeName), await readCoefficientSet(afterName)];
  const entries = diffSets(before, after);
  const corrections = diffCorrections(before, after);
  const { contexts, leftOut, unknown } = await comparedConfigurations(catalog, [before, after], options);
  const priced = contexts.map((context) => pricedConfiguration(before, after, context));
  const found = { before: beforeName, after: afterName, basis: before.basis, entries, corrections, priced, leftOut, unknown };
  return {
    text: (terminal) => renderAs(options.format, setDifferenceReport(found), terminal),
    json: () => found,
    passed:
      entries.every(({ verdict }) => verdict === 'within error') &&
      corrections.every(({ difference }) => difference.verdict !== 'moved'),
  };
}

/** Prices of both sets, or why there are none: the entries are compared all the same. */
function pricedConfiguration(
  before: CoefficientSet,
  after: CoefficientSet,
  context: BasisContext,
): PricedConfiguration {
  const { arch, gpu, server } = context;
  const served = `${arch.name} on ${gpu.name}, tensor-parallel size ${server.tensorParallelSize}`;
  try {
    return { served, changes: predictionChange(before, after, context) };
  } catch (error) {
    if (!(error instanceof TruelineError)) throw error;
    return { served, changes: [], notPriced: `${error.message} [${error.code}]` };
  }
}
