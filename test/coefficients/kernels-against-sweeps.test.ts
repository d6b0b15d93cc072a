import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KernelConstants } from '../../src/basis/kernel-constants.js';
import { allReduceUs } from '../../src/basis/op-roofline/all-reduce.js';
import { gemmUs } from '../../src/basis/op-roofline/gemm.js';
import { readCatalog } from '../../src/coefficients/index.js';
import { summariseErrors } from '../../src/stats/relative-error.js';
import type { GpuSpec } from '../../src/trace/gpu-spec.js';
import { dataFolder } from '../data.js';
import { microseconds, numberOf, readSweep, type SweepRow } from './kernel-sweeps.js';

const data = dataFolder();
const catalog = await readCatalog();

const medianError = (rows: readonly SweepRow[], predictedUs: (row: SweepRow) => number): number =>
  summariseErrors(rows.map((row) => ({ measured: microseconds(row), predicted: predictedUs(row) }))).medianApePct;

/** Weights smaller than this share of L2 stay there between repeats, which serving never sees. */
const L2_SHARE = 1 / 6;

function gemmError(rows: readonly SweepRow[], dtype: string, bytesPerWeight: number, kernels: KernelConstants, gpu: GpuSpec) {
  const serving = rows.filter((row) => {
    const [n, k] = [numberOf(row, 'n'), numberOf(row, 'k')];
    return row['gemm_dtype'] === dtype && Math.min(n, k) >= 768 && n * k * bytesPerWeight >= L2_SHARE * gpu.l2Bytes;
  });
  return medianError(serving, (row) =>
    gemmUs(
      numberOf(row, 'm'),
      { width: numberOf(row, 'n'), depth: numberOf(row, 'k'), bytesPerWeight, count: 1 },
      kernels,
      gpu,
    ),
  );
}

const context = (row: SweepRow) => numberOf(row, 'step') + numberOf(row, 'isl');
const kvBytes = (row: SweepRow) =>
  4 * numberOf(row, 'batch_size') * context(row) * numberOf(row, 'num_key_value_heads') * numberOf(row, 'head_dim');

function decodeAttentionError(rows: readonly SweepRow[], { decodeAttention }: KernelConstants, gpu: GpuSpec) {
  const serving = rows.filter(
    (row) =>
      row['kv_cache_dtype'] === 'bfloat16' &&
      numberOf(row, 'head_dim') === 128 &&
      (numberOf(row, 'window_size') || 0) === 0 &&
      context(row) >= 256 &&
      context(row) <= 4200 &&
      numberOf(row, 'batch_size') >= 4 &&
      numberOf(row, 'batch_size') <= 256 &&
      numberOf(row, 'num_heads') >= 4 * numberOf(row, 'num_key_value_heads') &&
      // streamed from memory, or so little that it does not matter where it lies
      (kvBytes(row) > 1.1 * gpu.l2Bytes || kvBytes(row) / gpu.hbmBytesPerUs < 2.5),
  );
  const { floorUs, memoryFactor, usPerThousandContextTokens, usPerRequest = 0 } = decodeAttention;
  return medianError(
    serving,
    (row) =>
      floorUs +
      (memoryFactor * kvBytes(row)) / gpu.hbmBytesPerUs +
      (usPerThousandContextTokens * context(row)) / 1000 +
      usPerRequest * numberOf(row, 'batch_size'),
  );
}

/** Errors above 3 % of the knots on graph rows of 4K to 8M elements, as signed ratios. */
function allReduceMisses(rows: readonly SweepRow[], { allReduce }: KernelConstants): number[] {
  return rows
    .filter((row) => row['backend'] === 'vllm_graph' && numberOf(row, 'message_size') >= 4096)
    .filter((row) => numberOf(row, 'message_size') <= 2 ** 23)
    .map((row) => {
      const knots = allReduce.knots[String(numberOf(row, 'num_gpus'))];
      return knots === undefined ? NaN : allReduceUs(numberOf(row, 'message_size'), knots) / microseconds(row) - 1;
    })
    .filter((error) => Math.abs(error) > 0.03 || Number.isNaN(error));
}

/** GPU, its sweep, release of its matrix and attention rows, of its all-reduce rows, and the errors we accept in %. */
const SWEEPS = [
  { name: 'H100', folder: 'h100_sxm', version: '0.14.0', comm: '0.19.0', bf16: 7, fp8: 14, attention: 6 },
  { name: 'A100-80GB', folder: 'a100_sxm', version: '0.14.0', comm: '0.14.0', bf16: 8, fp8: undefined, attention: 7 },
  { name: 'L40S', folder: 'l40s', version: '0.14.0', comm: '0.14.0', bf16: 7, fp8: 12, attention: 7 },
  { name: 'H200', folder: 'h200_sxm', version: '0.14.0', comm: '0.19.0', bf16: 7, fp8: 18, attention: 7 },
  { name: 'B200', folder: 'b200_sxm', version: '0.19.0', comm: '0.19.0', bf16: 7, fp8: 12, attention: 7 },
] as const;

describe.skipIf(data === undefined).each(SWEEPS)('operator times of the $name', (sweep) => {
  const gpu = catalog.gpu(sweep.name);
  const kernels = catalog.kernels(sweep.name);
  const folder = join(data ?? '', 'kernels', sweep.folder);
  let gemmRows: readonly SweepRow[] = [];
  beforeAll(async () => {
    gemmRows = await readSweep(folder, 'gemm', sweep.version, 'gemm');
  });

  it('price matrix products as swept, in every precision the GPU has', () => {
    expect(gemmError(gemmRows, 'bfloat16', 2, kernels, gpu)).toBeLessThan(sweep.bf16);
    if (sweep.fp8 !== undefined) {
      expect(gemmError(gemmRows, 'fp8', 1, kernels, gpu)).toBeLessThan(sweep.fp8);
    }
  });

  it('price decode attention as swept', async () => {
    const rows = await readSweep(folder, 'attention', sweep.version, 'generation_attention');
    expect(decodeAttentionError(rows, kernels, gpu)).toBeLessThan(sweep.attention);
  });

  it('price all-reduces as swept, but for a few outliers above larger messages', async () => {
    const rows = await readSweep(folder, 'comm', sweep.comm, 'custom_allreduce');
    expect(allReduceMisses(rows, kernels).every((error) => error < 0 && error > -0.45)).toBe(true);
    expect(allReduceMisses(rows, kernels).length).toBeLessThanOrEqual(4);
  });

  it('price experts within 8 % of a sweep at 1024 tokens', async () => {
    const rows = await readSweep(folder, 'moe', sweep.version, 'moe');
    for (const shape of kernels.moe.shapes) {
      const swept = rows.filter(
        (row) =>
          row['moe_dtype'] === (shape.precision === 'fp8' ? 'fp8' : 'bfloat16') &&
          numberOf(row, 'hidden_size') === shape.hiddenSize &&
          numberOf(row, 'inter_size') === shape.expertFfnSize &&
          numberOf(row, 'num_experts') === shape.experts &&
          numberOf(row, 'topk') === shape.expertsPerToken &&
          numberOf(row, 'moe_tp_size') === shape.tensorParallelSize &&
          numberOf(row, 'moe_ep_size') === 1 &&
          numberOf(row, 'num_tokens') === 1024,
      );
      expect(swept.length, JSON.stringify(shape)).toBeGreaterThan(0);
      const balanced = swept.filter((row) => row['distribution'] === 'balanced');
      const sample = balanced.length > 0 ? balanced : swept.filter((row) => row['distribution'] === 'power_law_1.01');
      const error = medianError(sample, () => shape.at1024TokensUs);
      expect(error, JSON.stringify(shape)).toBeLessThan(8);
    }
  });
});
