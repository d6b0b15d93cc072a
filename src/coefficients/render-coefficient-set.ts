import { Document, isScalar, visit } from 'yaml';
import type { CoefficientSet } from './coefficient-set.js';

/** Keys in the order a reader wants them; any other keys (term and option names) follow in code-unit order. */
const KEY_ORDER = [
  'formatVersion',
  'name',
  'description',
  'basis',
  'value',
  'unit',
  'stdError',
  'resampledStdError',
  'prior',
  'mean',
  'sd',
  'dataShareRatio',
  'atBound',
  'method',
  'scope',
  'engineVersion',
  'gpus',
  'models',
  'tensorParallelSizes',
  'sources',
  'sha256',
  'rowsUsed',
  'rowsDropped',
  'rationale',
  'entries',
  'toolVersion',
  'split',
  'runs',
  'heldOut',
  'dropped',
  'files',
  'options',
  'largestBatch',
  'trainErrors',
  'fit',
  'terms',
  'values',
  'covariance',
  'uncertainty',
  'model',
  'gpu',
  'tensorParallelSize',
  'stepScaleRatio',
  'stepScaleLogSd',
  'frontScaleRatio',
  'frontScaleLogSd',
  'stepLogSd',
  'frontLogSd',
  'experiments',
  'corrections',
];

const rank = (key: string): number => {
  const index = KEY_ORDER.indexOf(key);
  return index === -1 ? KEY_ORDER.length : index;
};

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, ordered(child)]));
}

/**
 * A coefficient set as the text of its file: equal sets give equal bytes, whatever order their keys were built in.
 * Numbers are written in full (shortest text that reads back to the same number), with a newline at the end.
 */
export const renderCoefficientSet = (set: CoefficientSet): string =>
  `${JSON.stringify(ordered(set), null, 2)}\n`;

/**
 * The same keys in the same order as YAML, lists of numbers on one line each: to be kept and reviewed entry by entry. No
 * anchors and no folding, so that it reads back to the same set.
 */
export function renderCoefficientSetYaml(set: CoefficientSet): string {
  const document = new Document(ordered(set), { aliasDuplicateObjects: false });
  visit(document, {
    Seq: (_key, list) => {
      list.flow = list.items.every((item) => isScalar(item) && typeof item.value === 'number');
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
