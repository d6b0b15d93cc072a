import { identifiability, type CoefficientEntry, type CoefficientSet } from '../../coefficients/index.js';
import type { ModelArch } from '../../trace/model-arch.js';
import { heading, left, list, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { count, MISSING, share, significant, withError } from '../format.js';
import { correctionTitle } from './correction-words.js';
import { entryVerdict, pairVerdict } from './identifiability-words.js';
import { variedDimensions } from './separating-dimensions.js';

/** A coefficient set as a card: every number with its error, where it comes from, and what to make of it. */
export const setCard = (set: CoefficientSet, models: readonly ModelArch[]): ReportDocument => [
  heading(1, `Coefficient set ${set.name}`),
  paragraph(set.description),
  paragraph(`Basis ${set.basis}, format version ${set.formatVersion}.`),
  ...entryTable(set),
  ...apartSection(set, models),
  ...correctionSection(set),
  ...originSection(set),
];

function entryTable(set: CoefficientSet): Block[] {
  const found = identifiability(set);
  const rows = Object.entries(set.entries).map(([name, entry]) => [
    name,
    withError(entry.value, entry.stdError ?? 0),
    significant(entry.resampledStdError),
    entry.unit,
    entry.method,
    shrinkage(entry),
    significant(found?.varianceInflation[name]),
    entryVerdict(name, entry, found),
  ]);
  return [
    heading(2, 'Numbers'),
    paragraph(
      'Value ± standard error. ± resampled: the same from refits to runs drawn with replacement. Shrunk to: standard error ÷ spread of the prior; small is well measured. Inflation: how many ' +
        'times larger the variance is, by the data alone, than if all other coefficients were known; 1 is best.',
    ),
    ...table(
      [
        left('term'),
        right('value'),
        right('± resampled'),
        left('unit'),
        left('method'),
        right('shrunk to'),
        right('inflation'),
        left('read as'),
      ],
      rows,
    ),
  ];
}

const shrinkage = ({ prior, stdError }: CoefficientEntry): string =>
  prior === undefined || prior.sd === 0 || stdError === undefined ? MISSING : share(stdError / prior.sd);

/** What the data could not tell apart, and what would. */
function apartSection(set: CoefficientSet, models: readonly ModelArch[]): Block[] {
  const found = identifiability(set);
  if (found === undefined) {
    return set.fit === undefined ? [] : [paragraph('The file records no covariance of its coefficients.', 'note')];
  }
  const scope = Object.values(set.entries).find(({ method }) => method === 'fitted')?.scope ?? {};
  const varied = variedDimensions(scope, models);
  return [
    heading(2, 'What can be told apart'),
    paragraph(
      `By the data alone, priors left out. Scaled condition number ${significant(found.conditionNumber)}: 1 is best; from about 30 ` +
        'on, some combination of coefficients is hardly measured.',
    ),
    ...(found.pairs.length === 0
      ? [paragraph('No two coefficients travel together.')]
      : [list(found.pairs.map((pair) => pairVerdict(pair, varied)), 'note')]),
  ];
}

/** What experiments of single configurations taught on top of the numbers. */
function correctionSection({ corrections = [] }: CoefficientSet): Block[] {
  if (corrections.length === 0) return [];
  return [
    heading(2, 'Corrections of single configurations'),
    paragraph(
      'All step times are multiplied by stepScale and the front end by frontScale where one is served; other configurations are not ' +
        'corrected. 1 changes nothing, and each was drawn towards it.',
    ),
    ...table(
      [left('configuration'), right('stepScale'), right('frontScale'), left('learnt from')],
      corrections.map((correction) => [
        correctionTitle(correction.scope),
        withError(correction.stepScaleRatio, correction.stepScaleRatio * correction.stepScaleLogSd),
        withError(correction.frontScaleRatio, correction.frontScaleRatio * correction.frontScaleLogSd),
        correction.experiments.join(', '),
      ]),
    ),
  ];
}

/** Scopes, sources and rationales: entries that share them are named together. */
function originSection(set: CoefficientSet): Block[] {
  const entries = Object.entries(set.entries);
  const origins = [...new Set(entries.map(([, entry]) => originOf(entry)))];
  const blocks = origins.flatMap((origin) => {
    const members = entries.filter(([, entry]) => originOf(entry) === origin);
    const [, { scope, sources, method }] = members[0]!;
    return [
      paragraph(`${members.map(([name]) => name).join(', ')} (${method})`),
      list([...scopeItems(scope), ...sources.map(sourceItem), ...rationales(members)]),
    ];
  });
  return [heading(2, 'Where they come from'), ...fitItems(set), ...blocks];
}

const originOf = ({ method, scope, sources }: CoefficientEntry): string =>
  JSON.stringify([method, scope, sources]);

function scopeItems({ engineVersion, gpus, models, tensorParallelSizes }: CoefficientEntry['scope']): string[] {
  return [
    ...(engineVersion === undefined ? [] : [`vLLM ${engineVersion}`]),
    ...(gpus === undefined ? [] : [`GPUs: ${gpus.join(', ')}`]),
    ...(models === undefined ? [] : [`models: ${models.join(', ')}`]),
    ...(tensorParallelSizes === undefined ? [] : [`tensor-parallel sizes: ${tensorParallelSizes.join(', ')}`]),
  ];
}

const sourceItem = ({ name, sha256, rowsUsed, rowsDropped }: CoefficientEntry['sources'][number]): string =>
  `source: ${name}${sha256 === undefined ? '' : ` (sha256 ${sha256})`}; ${count(rowsUsed)} rows used, ${count(rowsDropped)} dropped`;

const rationales = (members: readonly (readonly [string, CoefficientEntry])[]): string[] => {
  const texts = [...new Set(members.map(([, { rationale }]) => rationale))];
  return texts.length === 1 ? [texts[0]!] : members.map(([name, { rationale }]) => `${name}: ${rationale}`);
};

/** Enough to tell files apart; the file of the set has all 64. */
const SHOWN_HASH_DIGITS = 12;

const droppedWords = (dropped: Readonly<Record<string, number>>): string =>
  Object.entries(dropped)
    .map(([code, n]) => `${count(n)} ${code}`)
    .join(', ') || '0';

function fitItems({ fit }: CoefficientSet): Block[] {
  if (fit === undefined) return [];
  const options = Object.entries(fit.options).map(([name, value]) => `${name} ${value}`);
  return [
    paragraph(`Fitted with Trueline ${fit.toolVersion} to ${fit.split} (${options.join(', ')}).`),
    ...(fit.runs === undefined ? [] : [paragraph(`Runs: ${fit.runs.join(', ')}.`)]),
    ...table(
      [left('file fitted'), left('sha256'), right('rows used'), left('dropped')],
      (fit.files ?? []).map(({ name, sha256, rowsUsed, dropped }) => [
        name,
        sha256?.slice(0, SHOWN_HASH_DIGITS) ?? MISSING,
        count(rowsUsed),
        droppedWords(dropped),
      ]),
    ),
  ];
}
