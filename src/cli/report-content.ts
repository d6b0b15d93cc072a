import { basename, extname } from 'node:path';
import { readCatalog, readCoefficientSet } from '../coefficients/index.js';
import { TruelineError } from '../errors.js';
import { setCard } from '../report/coefficients/set-card.js';
import {
  comparisonReport,
  drillDown,
  renderComparisonCsv,
  renderValidationCsv,
  validationReport,
  type HtmlOptions,
  type ReportDocument,
} from '../report/index.js';
import { compareResults, type NamedResult } from '../validate/index.js';
import { knownModels } from './known-models.js';
import { readValidationResult } from './validation-result-file.js';

/** What a report says, before it has a form. */
export interface ReportContent {
  readonly document: ReportDocument;
  readonly drillDown?: NonNullable<HtmlOptions['drillDown']>;
  readonly csv: () => string;
  readonly json: () => unknown;
}

/** The card of a coefficient set. @throws the codes of `readCoefficientSet` */
async function coefficientCard(name: string): Promise<ReportDocument> {
  const set = await readCoefficientSet(name);
  return setCard(set, knownModels(await readCatalog(), set));
}

/** Results under the names of their files, or under their whole paths where two files are named alike. */
async function readNamed(paths: readonly [string, ...string[]]): Promise<[NamedResult, ...NamedResult[]]> {
  const short = paths.map((path) => basename(path, extname(path)));
  const read = async (path: string, i: number): Promise<NamedResult> => ({
    name: short.indexOf(short[i]!) === short.lastIndexOf(short[i]!) ? short[i]! : path,
    result: await readValidationResult(path),
  });
  const [first, ...others] = paths;
  return [await read(first, 0), ...(await Promise.all(others.map((path, i) => read(path, i + 1))))];
}

/** Refuses comparisons that would count one contender twice. @throws USAGE */
function checkContenders([first, ...others]: readonly [NamedResult, ...NamedResult[]]): void {
  const names = [first, ...others].map(({ name }) => name);
  const peers = first.result.rows.flatMap((row) => Object.keys(row.peersMs));
  const twice = names.find((name, i) => names.indexOf(name) !== i || peers.includes(name));
  if (twice === undefined) return;
  throw new TruelineError('USAGE', `${twice} is named twice`, {
    hint: 'Give every result once, in a file that is not named like a peer.',
  });
}

/**
 * What is to be reported of saved validations: one on its own, or several held against the first.
 * @param coefficients the set whose card goes with a single one
 * @throws USAGE; the codes of `readValidationResult` and `readCoefficientSet`
 */
export async function reportContent(
  paths: readonly [string, ...string[]],
  coefficients: string | undefined,
): Promise<ReportContent> {
  const results = await readNamed(paths);
  const [{ result }] = results;
  if (results.length === 1) {
    const card = coefficients === undefined ? [] : await coefficientCard(coefficients);
    return {
      document: validationReport(result, card),
      drillDown: drillDown(result),
      csv: () => renderValidationCsv(result),
      json: () => result,
    };
  }
  if (coefficients !== undefined)
    throw new TruelineError('USAGE', '--coefficients goes with one result only', {
      hint: 'Leave it out, or report the results one by one.',
    });
  checkContenders(results);
  const comparison = compareResults(results);
  if (comparison.figures.length === 0)
    throw new TruelineError('SAMPLE_EMPTY', 'the results share no measured figure', {
      hint: 'Compare validations of the same suite.',
    });
  return {
    document: comparisonReport(comparison),
    csv: () => renderComparisonCsv(comparison),
    json: () => comparison,
  };
}
