/** Unit conversions, so that no bare 1e3 or 1e6 stands in the code. Names say from → to. */
export const US_PER_MS = 1e3;
const US_PER_S = 1e6;
export const NS_PER_US = 1e3;
const MS_PER_S = 1e3;
export const BYTES_PER_GIB = 2 ** 30;

export const usToMs = (us: number): number => us / US_PER_MS;
export const usToS = (us: number): number => us / US_PER_S;
export const msToUs = (ms: number): number => ms * US_PER_MS;
export const sToUs = (s: number): number => s * US_PER_S;
export const sToMs = (s: number): number => s * MS_PER_S;
export const nsToUs = (ns: number): number => ns / NS_PER_US;
export const gibToBytes = (gib: number): number => gib * BYTES_PER_GIB;
/** FLOP/s (or bytes/s) to FLOP/µs (or bytes/µs). */
export const perSecondToPerUs = (perSecond: number): number => perSecond / US_PER_S;
