import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readCatalog } from '../../../src/coefficients/index.js';
import { fitKernels, renderKernelFile, toKernelConstants } from '../../../src/fit/kernels/index.js';
import { readKernelSweep } from '../../../src/ingest/kernel-sweep.js';
import { dataFolder } from '../../data.js';

const data = dataFolder();
const catalog = await readCatalog();
const recorded = (name: string): string =>
  fileURLToPath(new URL(`../../../coefficients/kernels/${name}`, import.meta.url));
const SOURCE = 'ai-dynamo/aiconfigurator@095f58a (Apache-2.0)';
/** Under the machine's other load a fit takes several times its 5 to 15 s of processor time. */
const TIMEOUT_MS = 300_000;

/**
 * Rows after averaging, as counted when the sweeps were published (gemm, prefill, decode, experts, all-reduce; repeats), and
 * bounds on median held-out errors in % (products in 16 bit and FP8, decode, prefill, unswept experts).
 */
const SWEEPS = [
  {
    gpu: 'H100',
    folder: 'h100_sxm',
    file: 'h100.json',
    rows: [127_043, 50_490, 55_926, 76_543, 276],
    repeats: 11_793,
    bounds: { bf16: 5, fp8: 5.5, decode: 4.5, prefill: 7.5, experts: 8 },
  },
  {
    gpu: 'A100-80GB',
    folder: 'a100_sxm',
    file: 'a100-80gb.json',
    rows: [9240, 5049, 5431, 6360, 138],
    repeats: 408,
    bounds: { bf16: 7.5, decode: 7, prefill: 10, experts: 10 },
  },
  {
    gpu: 'L40S',
    folder: 'l40s',
    file: 'l40s.json',
    rows: [18_480, 10_098, 10_867, 12_718, 138],
    repeats: 816,
    bounds: { bf16: 6, fp8: 10, decode: 3.5, prefill: 13, experts: 10 },
  },
  {
    gpu: 'H200',
    folder: 'h200_sxm',
    file: 'h200.json',
    rows: [202_014, 47_530, 54_348, 77_834, 276],
    repeats: 32_323,
    bounds: { bf16: 6.5, fp8: 5, decode: 5.5, prefill: 7.5, experts: 13 },
  },
  {
    gpu: 'B200',
    folder: 'b200_sxm',
    file: 'b200.json',
    rows: [114_566, 20_269, 17_043, 53_036, 138],
    repeats: 6735,
    bounds: { bf16: 7, fp8: 8, decode: 7.5, prefill: 17, experts: 7.5 },
  },
] as const;

describe.skipIf(data === undefined).each(SWEEPS)('the public sweep of the $gpu', (expected) => {
  it(
    'has the rows it was published with, and refits to the shipped file within the stated held-out errors',
    async () => {
      const sweep = await readKernelSweep(join(data ?? '', 'kernels', expected.folder));
      const { gemm, contextAttention, generationAttention, moe, allReduce } = sweep;
      expect([gemm, contextAttention, generationAttention, moe, allReduce].map(({ count }) => count)).toEqual(
        expected.rows,
      );
      expect(sweep.diagnostics.map(({ code, count }) => [code, count])).toEqual([
        ['KERNEL_ROW_REPEATED', expected.repeats],
      ]);

      const result = fitKernels(sweep, catalog.gpu(expected.gpu));
      const { bounds } = expected;
      expect(result.gemmBf16.heldOut.medianApePct).toBeLessThan(bounds.bf16);
      if ('fp8' in bounds) expect(result.gemmFp8?.heldOut.medianApePct).toBeLessThan(bounds.fp8);
      else expect(result.gemmFp8).toBeUndefined();
      expect(result.decodeAttention.heldOut.medianApePct).toBeLessThan(bounds.decode);
      expect(result.prefillAttention?.heldOut.medianApePct).toBeLessThan(bounds.prefill);
      expect(result.moe?.fallbacks[0].fit.heldOut.medianApePct).toBeLessThan(bounds.experts);
      expect(Math.abs(result.gemmBf16.heldOut.mpePct)).toBeLessThan(1.5);
      expect(Math.abs(result.decodeAttention.heldOut.mpePct)).toBeLessThan(1.5);

      const text = renderKernelFile(toKernelConstants(result, SOURCE));
      expect(text).toBe(await readFile(recorded(expected.file), 'utf8'));
    },
    TIMEOUT_MS,
  );
});
