import { readFileSync } from 'node:fs';
import { basisByName } from '../../basis/index.js';
import {
  priorValues,
  readCoefficientSet,
  renderCoefficientSet,
  type Catalog,
  type CoefficientSet,
} from '../../coefficients/index.js';
import { toCoefficientSet, type PriorOverrides } from '../../fit/index.js';
import type { SetCheck } from '../../report/coefficients/set-check-report.js';
import type { Suite } from '../../trace/suite.js';
import { fitSuite } from '../fit/fit-suite.js';
import { packageVersion } from '../package-root.js';
import type { SetFile } from './shipped-sets.js';

/**
 * Checks one coefficient file: that it is well formed; that transcribed numbers name their publication, unfitted ones are the
 * prior, and fitted ones come out of a refit of `suite` byte for byte.
 * @throws the codes of `readCoefficientSet` and of the fit
 */
export async function checkSet(catalog: Catalog, suite: Suite, { path, folder }: SetFile): Promise<SetCheck> {
  const set = await readCoefficientSet(path);
  const { name } = set;
  if (folder === 'peers' || isTranscribed(set)) return { name, ...checkSources(set) };
  if (set.fit === undefined) return { name, ...checkPrior(set) };
  if (set.fit.options['route'] !== 'benchmarks') {
    return {
      name,
      passed: false,
      finding: `cannot be refitted from a suite: it was fitted to ${set.fit.split}`,
    };
  }
  const { corrections = [] } = set;
  const fitted = await refit(catalog, suite, set);
  const refitted = renderCoefficientSet(corrections.length > 0 ? { ...fitted, corrections } : fitted);
  const passed = refitted === readFileSync(path, 'utf8');
  return {
    name,
    passed,
    finding: passed
      ? `a refit of ${set.fit.split} gives the same bytes`
      : `a refit of ${suite.name} gives another file: numbers, sources or the tool have changed since`,
  };
}

type Finding = Omit<SetCheck, 'name'>;

const isTranscribed = ({ entries }: CoefficientSet): boolean =>
  Object.values(entries).every(({ method }) => method === 'vendor');

function checkSources({ entries }: CoefficientSet): Finding {
  const without = Object.entries(entries).find(([, { sources }]) => sources.length === 0);
  if (without !== undefined) return { passed: false, finding: `\`${without[0]}\` names no publication` };
  return { passed: true, finding: 'transcribed: well formed, and every number names its publication' };
}

function checkPrior(set: CoefficientSet): Finding {
  const priors = priorValues(basisByName(set.basis));
  const other = Object.entries(set.entries).find(([name, { value }]) => value !== priors[name]);
  if (other !== undefined) {
    return { passed: false, finding: `\`${other[0]}\` is not the prior, and no fit is recorded` };
  }
  return { passed: true, finding: 'not fitted: every number is the prior of the basis' };
}

async function refit(catalog: Catalog, suite: Suite, set: CoefficientSet): Promise<CoefficientSet> {
  const { options, heldOut = [] } = set.fit!;
  const { priorNoiseRatio } = options;
  const { result, provenance, uncertainty } = await fitSuite(catalog, suite, {
    basis: basisByName(set.basis),
    heldOut,
    priors: priorsOf(set),
    ...(typeof priorNoiseRatio === 'number' && { priorNoiseRatio }),
  });
  const facts = { name: set.name, toolVersion: packageVersion(), ...provenance };
  return toCoefficientSet(result, facts, uncertainty);
}

const priorsOf = ({ entries }: CoefficientSet): PriorOverrides =>
  Object.fromEntries(Object.entries(entries).flatMap(([name, { prior }]) => (prior ? [[name, prior]] : [])));
