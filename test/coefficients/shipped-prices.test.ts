import { beforeAll, describe, expect, it } from 'vitest';
import { latencyModel, readCatalog, type Catalog, type LatencyModel } from '../../src/coefficients/index.js';
import { emptyBatch, type BatchShape } from '../../src/trace/batch-shape.js';
import type { ModelArch } from '../../src/trace/model-arch.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';

const TENSOR_PARALLEL_SIZES = [1, 2, 4, 8];
const DECODES = [1, 2, 3, 5, 8, 16, 31, 64, 128, 200, 256, 257, 400, 512];
/** Around every seam: graph sizes, tuned sizes, sweep knots, the budget. */
const PREFILLS = [16, 64, 128, 256, 257, 384, 512, 513, 768, 1024, 1025, 1536, 2048, 2049, 3000, 4096, 8192];
const CONTEXT_TOKENS = 1000;
const ROUNDING = 1e-9;

const prefill = (tokens: number): BatchShape => ({
  ...emptyBatch(),
  prefillTokens: tokens,
  prefillRequests: 1,
  prefillContextTokens: tokens,
  prefillAttentionPairs: tokens ** 2 / 2,
  prefillPromptPairs: (3 * tokens ** 2) / 2,
  newRequests: 1,
});

const isSharded = ({ queryHeads, kvHeads }: ModelArch, tp: number): boolean =>
  queryHeads % tp === 0 && (kvHeads % tp === 0 || tp % kvHeads === 0);

/** Step times of one server, decodes first. */
const pricesOf = (latency: LatencyModel): { decodes: number[]; prefills: number[] } => ({
  decodes: DECODES.map((count) => latency.decodeStepUs(count, count * CONTEXT_TOKENS)),
  prefills: PREFILLS.map((tokens) => latency.stepUs(prefill(tokens))),
});

let catalog: Catalog;
beforeAll(async () => {
  catalog = await readCatalog();
});

function shippedPrices(gpuName: string) {
  const [gpu, kernels, set] = [
    catalog.gpu(gpuName),
    catalog.kernels(gpuName),
    catalog.coefficientSet('op-roofline'),
  ];
  return catalog.modelNames.flatMap((name) => {
    const arch = catalog.model(name);
    return TENSOR_PARALLEL_SIZES.filter((tp) => isSharded(arch, tp)).map((tensorParallelSize) => {
      const server = { ...DEFAULT_SERVER, tensorParallelSize, maxNumSeqs: 512, maxNumBatchedTokens: 8192 };
      return { name, tensorParallelSize, ...pricesOf(latencyModel(set, { arch, gpu, server, kernels })) };
    });
  });
}

const falls = (series: readonly number[]): boolean =>
  series.some((value, i) => i > 0 && value < series[i - 1]! * (1 - ROUNDING));

/** Larger steps grow by no more than the work does, and twice that for the seams. */
const leaps = (series: readonly number[], work: readonly number[]): boolean =>
  series.some((value, i) => i > 0 && value > 2 * series[i - 1]! * (work[i]! / work[i - 1]!));

describe.each(['H100', 'A100-80GB', 'L40S', 'H200', 'B200'])('shipped models on %s', (gpuName) => {
  it('have step times that are positive, finite, and grow with the batch without leaps', () => {
    for (const { name, tensorParallelSize, decodes, prefills } of shippedPrices(gpuName)) {
      const server = `${name} on ${tensorParallelSize}`;
      expect([...decodes, ...prefills].every((us) => us > 0 && us < 1e8), server).toBe(true);
      expect(falls(decodes) || falls(prefills), server).toBe(false);
      expect(leaps(decodes, DECODES) || leaps(prefills, PREFILLS), server).toBe(false);
    }
  });
});

describe.each(['H100', 'A100-80GB', 'H200', 'B200'])('with NVLink, on %s', (gpuName) => {
  it('no model of 12B or more gets slower on twice the GPUs', () => {
    const large = shippedPrices(gpuName).filter(({ name }) => catalog.model(name).hiddenSize >= 5120);
    for (const { name, tensorParallelSize, decodes, prefills } of large) {
      const half = large.find(
        (other) => other.name === name && 2 * other.tensorParallelSize === tensorParallelSize,
      );
      if (half === undefined) continue;
      const before = [...half.decodes, ...half.prefills];
      const slower = [...decodes, ...prefills].filter((us, i) => us > 1.02 * before[i]!);
      expect(slower, `${name} on ${tensorParallelSize}`).toEqual([]);
    }
  });
});
