import { isRecord } from '../../text/object-keys.js';

/** Paths of all values that two documents do not share, such as `entries.layer.value`; a key in one of them only counts as one. */
export function differingValues(before: unknown, after: unknown, path = ''): readonly string[] {
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest = Math.max(before.length, after.length);
    return Array.from({ length: longest }, (_, i) => i).flatMap((i) =>
      differingValues(before[i], after[i], `${path}[${i}]`),
    );
  }
  if (!isRecord(before) || !isRecord(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differingValues(before[key], after[key], path === '' ? key : `${path}.${key}`));
}
