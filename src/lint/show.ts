/** Numbers in findings: enough digits to act on, fixed rounding, no locale. */
export const shown = (value: number): string => {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return size >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
};

/** A share 0…1 in %. */
export const shownPct = (ratio: number): string => `${shown(100 * ratio)} %`;

/** A duration given in ms, in the unit people would say it in. */
export function shownMs(ms: number): string {
  if (ms >= 10_000) return `${shown(ms / 1000)} s`;
  return ms < 0.1 ? `${shown(ms * 1000)} µs` : `${shown(ms)} ms`;
}

/** `1 request`, `2 requests`. */
export const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
