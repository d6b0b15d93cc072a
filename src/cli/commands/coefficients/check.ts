import { readCatalog } from '../../../coefficients/index.js';
import { readSuite } from '../../../ingest/index.js';
import { setCheckReport, type SetCheck } from '../../../report/coefficients/set-check-report.js';
import { renderTerminal } from '../../../report/render-terminal.js';
import { checkSet } from '../../coefficients/check-set.js';
import { setFile, shippedSetFiles } from '../../coefficients/shipped-sets.js';
import type { CommonOptions } from '../../conclude.js';
import { defaultSuiteFolder } from '../../defaults.js';
import type { Outcome } from '../../outcome.js';

/** Options of `trueline coefficients check`. */
export interface CheckSetsOptions extends CommonOptions {
  readonly suite?: string;
}

/**
 * Checks coefficient files, all that ship when none is named; passes when every one is what its sources give.
 * @throws the codes of `readSuite` and `checkSet`
 */
export async function checkSets(names: readonly string[], { suite: folder }: CheckSetsOptions): Promise<Outcome> {
  const catalog = await readCatalog();
  const suite = await readSuite(folder ?? defaultSuiteFolder());
  const files = names.length === 0 ? shippedSetFiles() : names.map(setFile);
  const checks: SetCheck[] = [];
  for (const file of files) checks.push(await checkSet(catalog, suite, file));
  return {
    text: (terminal) => renderTerminal(setCheckReport(checks), terminal),
    json: () => checks,
    passed: checks.every(({ passed }) => passed),
  };
}
