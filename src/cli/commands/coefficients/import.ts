import { basename } from 'node:path';
import {
  fromBlis,
  readBlisFile,
  readCatalog,
  renderCoefficientSet,
  type CoefficientScope,
} from '../../../coefficients/index.js';
import { setCard } from '../../../report/coefficients/set-card.js';
import { paragraph } from '../../../report/document.js';
import { renderTerminal } from '../../../report/render-terminal.js';
import type { CommonOptions } from '../../conclude.js';
import type { Outcome } from '../../outcome.js';
import { checkFileDestination, writeFileAtomic } from '../../write-atomic.js';

/** Options of `trueline coefficients import`. */
export interface ImportOptions extends CommonOptions {
  readonly gpu?: readonly string[];
  readonly engineVersion?: string;
  readonly out?: string;
  readonly force?: true;
}

/**
 * Reads coefficients of BLIS into a set, shows it, and writes it when asked to.
 * @throws FILE_EXISTS before anything is read; GPU_UNKNOWN; the codes of `readBlisFile`
 */
export async function importSet(path: string, options: ImportOptions): Promise<Outcome> {
  const { out } = options;
  const write = { force: options.force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const scope = await statedScope(options);
  const { coefficients, source } = await readBlisFile(path);
  const set = fromBlis(coefficients, { name: basename(out ?? 'imported', '.json'), source, scope });
  if (out !== undefined) writeFileAtomic(out, [renderCoefficientSet(set)], write);
  const written =
    out === undefined ? [] : [paragraph(`Wrote ${out}. Use it with \`trueline validate --coefficients ${out}\`.`)];
  return {
    text: (terminal) => renderTerminal([...setCard(set, []), ...written], terminal),
    json: () => ({ out, coefficientSet: set }),
    passed: true,
  };
}

/** Where the user says the numbers hold; GPUs by their canonical names. */
async function statedScope({ gpu = [], engineVersion }: ImportOptions): Promise<CoefficientScope> {
  const catalog = await readCatalog();
  return {
    ...(engineVersion !== undefined && { engineVersion }),
    ...(gpu.length > 0 && { gpus: gpu.map((name) => catalog.gpu(name).name) }),
  };
}
