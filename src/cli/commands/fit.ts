import { basename } from 'node:path';
import { basisByName } from '../../basis/index.js';
import { readCatalog, renderCoefficientSet } from '../../coefficients/index.js';
import { toCoefficientSet, type PriorOverrides } from '../../fit/index.js';
import { paragraph, type ReportDocument } from '../../report/document.js';
import { fitReport } from '../../report/fit/fit-report.js';
import { renderTerminal } from '../../report/render-terminal.js';
import type { ServedOptions } from '../arguments/served.js';
import type { CommonOptions } from '../conclude.js';
import { fitSuite } from '../fit/fit-suite.js';
import { readFitInputs } from '../fit/fit-inputs.js';
import { fitTraces } from '../fit/fit-traces.js';
import type { FittedRuns, FitSettings } from '../fit/fitted-runs.js';
import type { Outcome } from '../outcome.js';
import { packageVersion } from '../package-root.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline fit`. */
export interface FitOptions extends CommonOptions, ServedOptions {
  readonly basis: string;
  readonly priorWeight?: number;
  readonly priorSd?: PriorOverrides;
  readonly holdOut?: readonly string[];
  readonly out?: string;
  readonly force?: true;
}

/**
 * Fits the coefficients of a basis to traces or to a suite, and writes them when asked to.
 * @throws FILE_EXISTS before anything is read; as `readFitInputs`, `fitTraces` and `fitSuite`
 */
export async function fit(inputs: readonly string[], options: FitOptions): Promise<Outcome> {
  const { out } = options;
  const write = { force: options.force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const { result, provenance, uncertainty } = await fitInputs(inputs, options);
  const name = basename(out ?? 'fitted', '.json');
  const set = toCoefficientSet(result, { name, toolVersion: packageVersion(), ...provenance }, uncertainty);
  if (out !== undefined) writeFileAtomic(out, [renderCoefficientSet(set)], write);
  return {
    text: (terminal) => renderTerminal([...fitReport(result), ...written(out)], terminal),
    json: () => ({ out, coefficientSet: set, fit: result }),
    passed: true,
  };
}

const written = (out: string | undefined): ReportDocument =>
  out === undefined
    ? []
    : [paragraph(`Wrote ${out}. Use it with \`trueline validate --coefficients ${out}\`.`)];

async function fitInputs(inputs: readonly string[], options: FitOptions): Promise<FittedRuns> {
  const catalog = await readCatalog();
  const settings: FitSettings = {
    basis: basisByName(options.basis),
    heldOut: options.holdOut ?? [],
    priors: options.priorSd ?? {},
    ...(options.priorWeight === undefined ? {} : { priorNoiseRatio: options.priorWeight }),
  };
  const read = await readFitInputs(catalog, inputs, options);
  return read.kind === 'suite' ? fitSuite(catalog, read.suite, settings) : fitTraces(read.runs, settings);
}
