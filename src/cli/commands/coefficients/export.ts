import { readCoefficientSet, renderBlisCoefficients, toBlis, type CoefficientSet } from '../../../coefficients/index.js';
import type { CommonOptions } from '../../conclude.js';
import type { Outcome } from '../../outcome.js';
import { packageVersion } from '../../package-root.js';
import { checkFileDestination, writeFileAtomic } from '../../write-atomic.js';

/** Options of `trueline coefficients export`. */
export interface ExportOptions extends CommonOptions {
  readonly out?: string;
  readonly force?: true;
}

/**
 * Writes a coefficient set in the format of another tool, to a file or as the command's text.
 * @throws FILE_EXISTS before anything is read; the codes of `readCoefficientSet` and `toBlis`
 */
export async function exportSet(name: string, { out, force }: ExportOptions): Promise<Outcome> {
  const write = { force: force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const set = await readCoefficientSet(name);
  const coefficients = toBlis(set);
  const text = renderBlisCoefficients(coefficients, comments(set));
  if (out !== undefined) writeFileAtomic(out, [text], write);
  return {
    text: () => (out === undefined ? text : `Wrote ${out}.`),
    json: () => ({ out, ...coefficients }),
    passed: true,
  };
}

/** Where the numbers come from, and what of the set the other format cannot hold. */
function comments({ name, basis, fit, corrections = [] }: CoefficientSet): string[] {
  return [
    `Coefficient set ${name} (basis ${basis}), written by Trueline ${packageVersion()}. Times in microseconds.`,
    ...(fit === undefined ? [] : [`Fitted to ${fit.split.replaceAll(/\s+/gu, ' ')}.`]),
    'Errors, priors, scopes and sources are left out: this format holds numbers only.',
    ...(corrections.length === 0
      ? []
      : [`Left out too: ${corrections.length} corrections of single configurations.`]),
  ];
}
