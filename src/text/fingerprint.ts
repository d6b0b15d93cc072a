import { createHash } from 'node:crypto';
import { isRecord } from './object-keys.js';

const isNumbers = (value: unknown): value is Float64Array | Int32Array | Uint16Array =>
  value instanceof Float64Array || value instanceof Int32Array || value instanceof Uint16Array;

/** Objects with their keys in order and columns of numbers as lists, so that equal values have equal text. */
function canonical(_key: string, value: unknown): unknown {
  if (isNumbers(value)) return Array.from(value);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256, in hex, of plain data: equal for equal values, whatever the order of their keys. */
export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, canonical)).digest('hex');
