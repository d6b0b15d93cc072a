import { basisByName } from '../../basis/index.js';
import { readCatalog } from '../../coefficients/index.js';
import { designInRetrospect } from '../../fit/index.js';
import { readSuite } from '../../ingest/index.js';
import { retrospectiveReport } from '../../report/next-run/retrospective-report.js';
import type { CommonOptions } from '../conclude.js';
import { defaultSuiteFolder } from '../defaults.js';
import { suiteBenchmarks } from '../fit/suite-benchmarks.js';
import { renderAs, type Outcome, type TextFormat } from '../outcome.js';

/** Options of `trueline next-run retrospective`. */
export interface RetrospectiveOptions extends CommonOptions {
  readonly basis: string;
  readonly orders: number;
  readonly format: TextFormat;
}

/**
 * Whether the recommended order of a suite's train experiments would have beaten random orders on its test split.
 * @throws the codes of `readSuite`; SUITE_INVALID without a train split; as `designInRetrospect`
 */
export async function nextRunInRetrospect(
  folder: string | undefined,
  { basis, orders, format }: RetrospectiveOptions,
): Promise<Outcome> {
  const catalog = await readCatalog();
  const suite = await readSuite(folder ?? defaultSuiteFolder());
  const input = suiteBenchmarks(catalog, suite, basisByName(basis), 'all');
  const result = designInRetrospect(input, orders);
  return {
    text: (terminal) => renderAs(format, retrospectiveReport(suite.name, result), terminal),
    json: () => result,
    passed: true,
  };
}
