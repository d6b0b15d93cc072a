/** What a sign of saturation says by itself. `above`: latency is set by a queue. `near`: it is about to be. */
export type LoadVerdict = 'below' | 'near' | 'above';

/** One measured sign, with the values from which on it speaks. */
export interface SaturationSign {
  readonly name: string;
  readonly value: number;
  readonly nearFrom: number;
  readonly aboveFrom: number;
  readonly verdict: LoadVerdict;
}

/**
 * From which value on a sign speaks; docs/lint.md has the reasons. An infinite limit means that the sign alone cannot
 * carry that verdict.
 */
const LIMITS = {
  'TTFT drift': { nearFrom: 1.5, aboveFrom: 3 },
  'TTFT p99 / p50': { nearFrom: 10, aboveFrom: Infinity },
  'TTFT over lowest rate': { nearFrom: 2, aboveFrom: 10 },
  'queue slope': { nearFrom: 0.02, aboveFrom: 0.1 },
  'in flight / seats': { nearFrom: 0.8, aboveFrom: 1 },
  'queued / running': { nearFrom: 0.01, aboveFrom: 0.2 },
  'waiting share': { nearFrom: 0.05, aboveFrom: 0.5 },
  'preempted share': { nearFrom: 0.01, aboveFrom: 0.25 },
  'seats full share': { nearFrom: 0.05, aboveFrom: 0.5 },
} as const;

/** A sign with its verdict; none when it cannot be computed. */
export function sign(name: keyof typeof LIMITS, value: number): SaturationSign[] {
  if (!Number.isFinite(value)) return [];
  const limits = LIMITS[name];
  const verdict = value >= limits.aboveFrom ? 'above' : value >= limits.nearFrom ? 'near' : 'below';
  return [{ name, value, ...limits, verdict }];
}

/** Share of values for which something holds; NaN for none. */
export function shareOf(values: ArrayLike<number>, isHit: (value: number) => boolean): number {
  let hits = 0;
  for (let i = 0; i < values.length; i++) if (isHit(values[i]!)) hits++;
  return hits / values.length;
}
