import type { CoefficientSet } from './coefficient-set.js';
import type { CoefficientCovariance } from './uncertainty.js';

/** Covariance of a set's free coefficients, wherever it is recorded; undefined when it is not. */
export const recordedCovariance = (
  set: Pick<CoefficientSet, 'fit' | 'uncertainty'>,
): CoefficientCovariance | undefined => set.uncertainty?.covariance ?? set.fit?.covariance;
