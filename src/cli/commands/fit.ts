import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { basisByName } from '../../basis/index.js';
import { readCatalog, renderCoefficientSet } from '../../coefficients/index.js';
import { TruelineError } from '../../errors.js';
import { readSuite } from '../../ingest/index.js';
import { renderFitTerminal } from '../../report/index.js';
import type { ServedOptions } from '../arguments/served.js';
import type { CommonOptions } from '../conclude.js';
import { fitSuite } from '../fit/fit-suite.js';
import { fitTraces } from '../fit/fit-traces.js';
import { fittedCoefficientSet } from '../fit/fitted-coefficient-set.js';
import type { FittedRuns, FitSettings } from '../fit/fitted-runs.js';
import type { Outcome } from '../outcome.js';
import { packageVersion } from '../package-root.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline fit`. */
export interface FitOptions extends CommonOptions, ServedOptions {
  readonly basis: string;
  readonly priorWeight?: number;
  readonly holdOut?: readonly string[];
  readonly out?: string;
  readonly force?: true;
}

/**
 * Fits the coefficients of a basis to traces or to a suite, and writes them when asked to.
 * @throws USAGE for a suite among other inputs; FILE_EXISTS before anything is read; as `fitTraces` and `fitSuite`
 */
export async function fit(inputs: readonly string[], options: FitOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  if (options.out !== undefined) checkFileDestination(options.out, write);
  const fitted = await fitInputs(inputs, options);
  const name = basename(options.out ?? 'fitted', '.json');
  const set = fittedCoefficientSet(name, packageVersion(), fitted);
  if (options.out !== undefined) writeFileAtomic(options.out, renderCoefficientSet(set), write);
  return {
    text: (terminal) => [renderFitTerminal(fitted.result, terminal), ...written(options.out)].join('\n\n'),
    json: () => ({
      ...(options.out === undefined ? {} : { out: options.out }),
      coefficientSet: set,
      fit: fitted.result,
    }),
    passed: true,
  };
}

const written = (out: string | undefined): string[] =>
  out === undefined ? [] : [`Wrote ${out}. Use it with \`trueline validate --coefficients ${out}\`.`];

async function fitInputs(inputs: readonly string[], options: FitOptions): Promise<FittedRuns> {
  const catalog = await readCatalog();
  const settings: FitSettings = {
    basis: basisByName(options.basis),
    heldOut: options.holdOut ?? [],
    ...(options.priorWeight === undefined ? {} : { priorNoiseRatio: options.priorWeight }),
  };
  const suite = inputs.find(isSuiteFolder);
  if (suite === undefined) return fitTraces(catalog, inputs, options, settings);
  if (inputs.length > 1)
    throw new TruelineError('USAGE', 'a suite is fitted alone', {
      file: suite,
      hint: 'Leave out the other inputs.',
    });
  return fitSuite(catalog, await readSuite(suite), settings);
}

const isSuiteFolder = (path: string): boolean =>
  ['suite.yaml', 'experiments.json'].some((name) => existsSync(join(path, name)));
