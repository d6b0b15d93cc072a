/** `T` whose optional keys, where present, are not undefined. */
export type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The object without keys whose value is undefined (under `exactOptionalPropertyTypes` they are not the same). */
export function withoutUndefined<T extends object>(object: T): Defined<T>;
export function withoutUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** True for objects that can have named members: not null, not an array. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
