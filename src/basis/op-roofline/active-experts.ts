/** Skew of expert popularity, p_e ∝ e^−0.8: chosen among eight values by leaving one model out of the train split. */
const ROUTING_EXPONENT = 0.8;

/** Share of the tokens' routed slots that each expert gets; sums to 1. */
function popularity(experts: number): number[] {
  const weights = Array.from({ length: experts }, (_, e) => (e + 1) ** -ROUTING_EXPONENT);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Expected number of distinct experts that `tokens` tokens reach: `Σ_e 1 − (1 − min(1, k·p_e))^tokens`. */
export function activeExperts(tokens: number, experts: number, expertsPerToken: number): number {
  return popularity(experts).reduce(
    (sum, share) => sum + 1 - (1 - Math.min(1, expertsPerToken * share)) ** tokens,
    0,
  );
}
