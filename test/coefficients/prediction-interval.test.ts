import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { predictionInterval } from '../../src/coefficients/prediction-interval.js';

const logRatio = fc.double({ min: -2, max: 2, noNaN: true });
const sd = fc.double({ min: 0, max: 1, noNaN: true });

describe('predictionInterval', () => {
  test('adds the replayed step time and the other spreads in quadrature', () => {
    // up: √(0.3² + (1.645·0.1)²) = 0.3421; down: √(0.1² + 0.1645²) = 0.1925
    const { low, high } = predictionInterval(100, {
      slowerLogRatio: 0.3,
      fasterLogRatio: -0.1,
      otherLogSds: [0.06, 0.08],
    });
    expect(high).toBeCloseTo(100 * Math.exp(0.34214), 2);
    expect(low).toBeCloseTo(100 * Math.exp(-0.19251), 2);
  });

  test.prop([logRatio, logRatio, fc.array(sd, { maxLength: 3 }), sd])(
    'holds the prediction, and never shrinks when more is unknown',
    (slowerLogRatio, fasterLogRatio, otherLogSds, more) => {
      const narrow = predictionInterval(7, { slowerLogRatio, fasterLogRatio, otherLogSds });
      const wide = predictionInterval(7, {
        slowerLogRatio,
        fasterLogRatio,
        otherLogSds: [...otherLogSds, more],
      });
      expect(narrow.low).toBeLessThanOrEqual(7);
      expect(narrow.high).toBeGreaterThanOrEqual(7);
      expect(wide.low).toBeLessThanOrEqual(narrow.low * (1 + 1e-12));
      expect(wide.high).toBeGreaterThanOrEqual(narrow.high * (1 - 1e-12));
    },
  );
});
