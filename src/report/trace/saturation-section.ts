import type { SaturationSign, StageSaturation } from '../../lint/index.js';
import { heading, left, right, table, type Block } from '../document.js';
import { significant } from '../format.js';

const signText = ({ value, verdict }: SaturationSign): string =>
  `${significant(value)}${verdict === 'below' ? '' : ` (${verdict})`}`;

/** Where every stage lies relative to the knee, sign by sign. */
export function saturationSection(stages: readonly StageSaturation[]): Block[] {
  const names = [...new Set(stages.flatMap(({ signs }) => signs.map(({ name }) => name)))];
  const rows = stages.map(({ where, verdict, signs }) => [
    where,
    verdict,
    ...names.map((name) => {
      const found = signs.find((sign) => sign.name === name);
      return found === undefined ? '' : signText(found);
    }),
  ]);
  if (rows.length === 0) return [];
  return [heading(2, 'Saturation'), ...table([left('part'), left('verdict'), ...names.map(right)], rows)];
}
