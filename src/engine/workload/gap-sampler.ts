import { gammaln } from 'simple-statistics';
import type { RandomStream } from '../../random.js';
import type { GapLaw } from '../../trace/experiment.js';

/** Draws gaps with mean 1. */
export function gapSampler(gaps: GapLaw, random: RandomStream): () => number {
  if (gaps.law === 'constant') return () => 1;
  if (gaps.law === 'poisson') return random.exponential(1);
  if (gaps.law === 'gamma') return random.gamma(gaps.cv ** -2, gaps.cv ** 2);
  const shape = weibullShape(gaps.cv);
  return random.weibull(shape, 0, Math.exp(-gammaln(1 + 1 / shape)));
}

/** The coefficients of variation `weibullShape` finds a shape for. */
export const WEIBULL_CV_RANGE = { min: 0.02, max: 50 } as const;

/**
 * Shape k of the Weibull distribution with coefficient of variation `cv`: cv² + 1 = Γ(1 + 2/k) ÷ Γ(1 + 1/k)², which
 * falls as k grows, so halving the interval of ln k finds it.
 */
export function weibullShape(cv: number): number {
  const wanted = Math.log1p(cv * cv);
  let low = Math.log(0.05);
  let high = Math.log(200);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    const inverse = Math.exp(-middle);
    if (gammaln(1 + 2 * inverse) - 2 * gammaln(1 + inverse) > wanted) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
