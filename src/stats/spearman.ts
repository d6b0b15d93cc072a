import { sampleRankCorrelation } from 'simple-statistics';

/**
 * Spearman's ρ between two index-aligned samples, −1…1, with midranks for ties; undefined with fewer than two items or
 * when one of the samples has no two different values.
 */
export function spearmanRho(x: readonly number[], y: readonly number[]): number | undefined {
  if (x.length < 2) return undefined;
  const rho = sampleRankCorrelation([...x], [...y]);
  return Number.isNaN(rho) ? undefined : rho;
}
