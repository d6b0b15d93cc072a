import { expect, it } from 'vitest';
import { rateAndRemaining } from '../../src/cli/progress.js';

it.each([
  [50e6, 200e6, 1000, 'MB, 50 MB/s, 3 s left'],
  [200e6, 200e6, 4000, 'MB, 50 MB/s, 0 s left'],
  [1e6, 2e9, 10_000, 'MB, 0 MB/s, 19990 s left'],
  [0, 200e6, 1000, 'MB'],
  [1e6, 200e6, 100, 'MB'],
])('%d of %d bytes in %d ms: %s', (readBytes, totalBytes, elapsedMs, text) => {
  expect(rateAndRemaining(readBytes, totalBytes, elapsedMs)).toBe(text);
});
