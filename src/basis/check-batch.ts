import { TruelineError } from '../errors.js';
import type { BatchShape } from '../trace/batch-shape.js';

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;

/** @throws BASIS_BAD_BATCH when tokens or requests are not counts, or there is no token */
export function checkBatch(batch: Readonly<BatchShape>): void {
  const { prefillTokens, prefillRequests, decodeRequests } = batch;
  const counted = isCount(prefillTokens) && isCount(prefillRequests) && isCount(decodeRequests);
  if (counted && prefillTokens + decodeRequests > 0) return;
  const found = `${prefillTokens} prefill tokens of ${prefillRequests} requests, ${decodeRequests} decodes`;
  throw new TruelineError('BASIS_BAD_BATCH', `not a batch: ${found}`, {
    hint: 'A step has whole, non-negative counts and at least one token.',
  });
}
