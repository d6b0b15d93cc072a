/** Skew of expert popularity, p_e ∝ e^−0.8: chosen among eight values by leaving one model out of the train split. */
const ROUTING_EXPONENT = 0.8;

/** Shares by number of experts: powers are slow, and every token count of a model asks for the same ones. */
const popularities = new Map<number, readonly number[]>();

/** Share of the tokens' routed slots that each expert gets; sums to 1. */
function popularity(experts: number): readonly number[] {
  const known = popularities.get(experts);
  if (known !== undefined) return known;
  const weights = Array.from({ length: experts }, (_, e) => (e + 1) ** -ROUTING_EXPONENT);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  popularities.set(experts, shares);
  return shares;
}

/** Expected number of distinct experts that `tokens` tokens reach: `Σ_e 1 − (1 − min(1, k·p_e))^tokens`. */
export function activeExperts(tokens: number, experts: number, expertsPerToken: number): number {
  return popularity(experts).reduce(
    (sum, share) => sum + 1 - (1 - Math.min(1, expertsPerToken * share)) ** tokens,
    0,
  );
}
