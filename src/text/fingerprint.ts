import { createHash } from 'node:crypto';
import { isRecord } from './object-keys.js';

/** Objects with their keys in order and typed arrays as lists, so that equal values have equal text. */
const canonical = (_key: string, value: unknown): unknown => {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as never);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

/** SHA-256, in hex, of plain data: equal for equal values, whatever the order of their keys. */
export const fingerprint = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, canonical)).digest('hex');
