import { expect, it } from 'vitest';
import { withColdStart } from '../../src/coefficients/index.js';
import { simulate } from '../../src/engine/index.js';
import { affineLatency, H100, LLAMA_8B, server, table } from './setup.js';

const latency = affineLatency({ stepUs: 10_000, prefillTokenUs: 1_000, decodeUs: 0, contextTokenUs: 0 });
const requests = table([
  { at: 0, prompt: 4, output: 2 },
  { at: 20_000, prompt: 4, output: 2 },
  { at: 500_000, prompt: 4, output: 2 },
]);
const firstTokensUs = (coldStartMs: number | undefined): number[] => {
  const cold = withColdStart(latency, coldStartMs);
  const { trace } = simulate({ arch: LLAMA_8B, gpu: H100, server: server(), requests, latency: cold });
  return Array.from(trace.requests.firstTokenAtUs);
};

it('holds up the first step and whatever waits for it, and nothing later', () => {
  expect(firstTokensUs(undefined)).toEqual([14_000, 38_000, 514_000]);
  // The first step ends at 114 ms; the second request is then admitted behind the first one's decode (until 124 ms).
  expect(firstTokensUs(100)).toEqual([114_000, 138_000, 514_000]);
});

it('of 0 ms is the same latency model', () => {
  expect(withColdStart(latency, 0)).toBe(latency);
});
