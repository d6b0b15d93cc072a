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
import { differingValues } from './differing-values.js';
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
  return { name, ...comparedWith(corrections.length > 0 ? { ...fitted, corrections } : fitted, set, path, suite) };
}
/** Files of JSON must be equal to the byte; YAML, which people lay out by hand, value by value. */
function comparedWith(refitted: CoefficientSet, set: CoefficientSet, path: string, suite: Suite): Finding {
  const text = renderCoefficientSet(refitted);
  const isJson = path.endsWith('.json');
  if (text === (isJson ? readFileSync(path, 'utf8') : renderCoefficientSet(set))) {
    const equal = isJson ? 'bytes' : 'values';
    return { passed: true, finding: `a refit of ${set.fit?.split ?? suite.name} gives the same ${equal}` };
  }
  const paths = differingValues(JSON.parse(text), JSON.parse(renderCoefficientSet(set)));
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  const differs =
    paths.length === 0
      ? 'the same values, laid out differently'
      : `other values of ${paths.slice(0, MOST_NAMED).join(', ')}${more}`;
  return { passed: false, finding: `a refit of ${suite.name} gives another file: ${differs}` };
}

type Finding = Omit<SetCheck, 'name'>;

/** Values that differ, as far as one line holds them. */
const MOST_NAMED = 3;

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
