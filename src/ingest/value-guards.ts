import { isRecord } from '../text/object-keys.js';

/** Member of an object of unknown shape; undefined when there is none. */
export const member = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);

/** Members of an array of unknown shape; none when it is not an array. */
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value when it is a finite number. */
export const asNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

export const asString = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

export const asBoolean = (value: unknown): boolean | undefined =>
  typeof value === 'boolean' ? value : undefined;

/** True when every key is there. */
export const hasKeys = (value: unknown, ...keys: readonly string[]): boolean =>
  isRecord(value) && keys.every((key) => key in value);

/** Value at nested keys, one list entry each: keys may hold dots (`p99.9`). */
export const memberAt = (value: unknown, ...path: readonly string[]): unknown => path.reduce(member, value);
