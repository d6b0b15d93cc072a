import type { KernelConstants } from '../../basis/kernel-constants.js';

/** Longer objects and arrays get one line per member. */
const LINE_LENGTH = 360;
/** Prose always stands on a line of its own. */
const PROSE_LENGTH = 40;

const oneLine = (value: unknown): string =>
  JSON.stringify(value, null, 1).replace(/\n\s*/gu, ' ').replace(/\[ /gu, '[').replace(/ \]/gu, ']');

const hasProse = (value: unknown): boolean => {
  if (typeof value === 'string') return value.length > PROSE_LENGTH;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasProse);
};

function lines(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (!hasProse(value) && oneLine(value).length <= LINE_LENGTH) return oneLine(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = isList
    ? value.map((child) => lines(child, inner))
    : Object.entries(value).map(([key, child]) => `${JSON.stringify(key)}: ${lines(child, inner)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  return `${open}\n${members.map((member) => inner + member).join(',\n')}\n${indent}${close}`;
}

/** Operator times as the text of a `coefficients/kernels` file: equal constants give equal bytes; one line per table. */
export const renderKernelFile = (constants: KernelConstants): string =>
  `${lines({ formatVersion: 1, ...constants }, '')}\n`;
