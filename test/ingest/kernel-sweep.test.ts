import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readKernelSweep } from '../../src/ingest/kernel-sweep.js';
import type { KernelSweep } from '../../src/trace/kernel-sweep.js';
import { refusalOf } from '../refusal.js';

const COMMON = { framework: 'VLLM', version: '0.14.0', device: 'DEMO GPU', kernel_source: 'vllm_default' };
const gemm = (m: number, latency: number | string, more: object = {}) => ({
  ...COMMON,
  op_name: 'gemm',
  gemm_dtype: 'bfloat16',
  m,
  n: 4096,
  k: 2048,
  latency,
  ...more,
});
const decode = (step: number, latency: number, more: object = {}) => ({
  ...COMMON,
  op_name: 'generation_attention',
  batch_size: 8,
  isl: 1,
  num_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  kv_cache_dtype: 'bfloat16',
  step,
  latency,
  ...more,
});
const moe = {
  ...COMMON,
  op_name: 'moe',
  moe_dtype: 'fp8',
  num_tokens: 4,
  hidden_size: 4096,
  inter_size: 14_336,
  topk: 2,
  num_experts: 8,
  moe_tp_size: 2,
  moe_ep_size: 1,
  distribution: 'balanced',
  latency: 0.5,
};
const reduce = {
  ...COMMON,
  op_name: 'all_reduce',
  allreduce_dtype: 'bfloat16',
  num_gpus: 2,
  message_size: 8192,
  backend: 'vllm_graph',
  latency: 0.0045,
};

const jsonl = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');
const csv = (rows: readonly object[]): string => {
  const entries = rows.map((row) => new Map<string, string | number>(Object.entries(row)));
  const columns = [...new Set(entries.flatMap((row) => [...row.keys()]))];
  const line = (row: Map<string, string | number>): string =>
    columns.map((column) => String(row.get(column) ?? '')).join(',');
  return [columns.join(','), ...entries.map(line)].join('\n');
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweep-'));
});
afterEach(() => rm(folder, { recursive: true }));
async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}
const counted = (sweep: KernelSweep, code: string): number =>
  sweep.diagnostics.find((diagnostic) => diagnostic.code === code)?.count ?? 0;

describe('reading a kernel sweep', () => {
  it('types the columns of every family, in microseconds and tokens', async () => {
    const rows = [gemm(16, 0.0125), decode(1023, 0.02), moe, reduce];
    const sweep = await readKernelSweep(await file('all.jsonl', jsonl(rows)));
    expect(sweep.device).toBe('DEMO GPU');
    expect(sweep.gemm.numbers).toEqual({
      m: Float64Array.of(16),
      n: Float64Array.of(4096),
      k: Float64Array.of(2048),
    });
    expect(sweep.gemm.labels).toEqual({ dtype: ['bfloat16'], release: ['0.14'] });
    expect(sweep.gemm.us).toEqual(Float64Array.of(12.5));
    expect(sweep.generationAttention.numbers.contextTokens).toEqual(Float64Array.of(1024));
    expect(sweep.generationAttention.numbers.windowTokens).toEqual(Float64Array.of(0));
    expect(sweep.moe.numbers.expertFfnSize).toEqual(Float64Array.of(14_336));
    expect(sweep.moe.labels.kernel).toEqual(['vllm_default']);
    expect(sweep.allReduce.numbers.elements).toEqual(Float64Array.of(8192));
    expect(sweep.sampler.count).toBe(0);
    expect(sweep.diagnostics).toEqual([]);
  });

  it('gives the same rows from JSON lines and CSV, under any name and in any order', async () => {
    const rows = [gemm(16, 0.0125), gemm(1, 0.01), gemm(8, 0.011, { version: '0.19.0' })];
    const { tables: _a, ...fromJson } = await readKernelSweep(await file('x', jsonl(rows)));
    const { tables: _b, ...fromCsv } = await readKernelSweep(await file('y.parquet', csv(rows.toReversed())));
    expect(fromCsv).toEqual(fromJson);
    expect([...fromJson.gemm.numbers.m]).toEqual([1, 8, 16]);
    expect(fromJson.gemm.labels.release).toEqual(['0.14', '0.19', '0.14']);
  });

  it('averages repeats of a point, across patch releases of one minor, and counts them', async () => {
    const rows = [
      gemm(16, 0.01),
      gemm(16, 0.02, { version: '0.14.1.dev1+gd68' }),
      gemm(16, 0.03, { version: '0.19.0' }),
    ];
    const sweep = await readKernelSweep(await file('a.jsonl', jsonl(rows)));
    expect([...sweep.gemm.us]).toEqual([15, 30]);
    expect(counted(sweep, 'KERNEL_ROW_REPEATED')).toBe(1);
  });

  it.each([
    ['a latency of zero', gemm(16, 0)],
    ['a negative latency', gemm(16, -1)],
    ['a latency that is no number', gemm(16, 'nan')],
    ['no latency', gemm(16, '')],
    ['no tokens', gemm(0, 1)],
    ['a fraction of a token', gemm(1.5, 1)],
    ['a width that is no number', gemm(16, 1, { n: 'wide' })],
    ['a negative context', decode(-5, 1)],
  ])('drops and counts a row with %s', async (_, bad) => {
    const sweep = await readKernelSweep(await file('bad.jsonl', jsonl([gemm(1, 0.01), bad])));
    expect(sweep.gemm.count + sweep.generationAttention.count).toBe(1);
    expect(counted(sweep, 'KERNEL_ROW_BAD')).toBe(1);
  });

  it('counts rows of operators it has no use for', async () => {
    const sweep = await readKernelSweep(
      await file('a.jsonl', jsonl([gemm(1, 1), { ...gemm(1, 1), op_name: 'mla_bmm' }])),
    );
    expect(counted(sweep, 'KERNEL_OPERATOR_UNKNOWN')).toBe(1);
  });

  it('reads every table under a folder, whatever lies beside them, and lists them with hashes', async () => {
    await file('gemm/vllm/0.14.0/gemm.csv', csv([gemm(1, 0.01)]));
    await file('gemm/vllm/0.19.0/gemm.csv', csv([gemm(1, 0.02, { version: '0.19.0' })]));
    await file('comm/reduce.jsonl', jsonl([reduce]));
    await file('comm/collection_meta.yaml', 'schema_version: 1\n');
    const sweep = await readKernelSweep(folder);
    expect([sweep.gemm.count, sweep.allReduce.count]).toEqual([2, 1]);
    expect(sweep.tables.map(({ path }) => path)).toEqual([
      'comm/reduce.jsonl',
      'gemm/vllm/0.14.0/gemm.csv',
      'gemm/vllm/0.19.0/gemm.csv',
    ]);
    expect(sweep.tables.map(({ versions }) => versions)).toEqual([['0.14.0'], ['0.14.0'], ['0.19.0']]);
    expect(sweep.tables.every(({ sha256 }) => /^[0-9a-f]{64}$/u.test(sha256))).toBe(true);
  });
});

describe('a kernel sweep that cannot be read', () => {
  const { m: _m, ...withoutTokens } = gemm(1, 1);
  it.each([
    ['FILE_NOT_FOUND', undefined, /no such file/u],
    ['FORMAT_UNKNOWN', 'hello\nworld\n', /no table/u],
    ['FORMAT_UNKNOWN', 'op_name,latency\n', /not of kernel times/u],
    ['FORMAT_INVALID', jsonl([{ ...withoutTokens, mm: 1 }]), /`m`/u],
    ['FORMAT_INVALID', jsonl([gemm(1, 1), { ...gemm(2, 1), device: 'OTHER' }]), /2 GPUs/u],
    ['FORMAT_INVALID', `${jsonl([gemm(1, 1)])}\n[1]\n`, /not a JSON object/u],
    ['FILE_TRUNCATED', `${jsonl([gemm(1, 1)])}\n{"op_name":"gemm","laten`, /ends early/u],
    ['FILE_TRUNCATED', 'PAR1 and then nothing', /footer is missing/u],
    ['FORMAT_INVALID', 'PAR1 garbage between two magic numbers PAR1', /Parquet/u],
  ] as const)('is refused with %s: %j', async (code, content, message) => {
    const path = content === undefined ? join(folder, 'absent') : await file('table', content);
    const error = await refusalOf(readKernelSweep(path));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.file).toBeDefined();
  });

  it('names the column that was probably meant', async () => {
    const { gemm_dtype: dtype, ...row } = gemm(1, 1);
    const error = await refusalOf(readKernelSweep(await file('t', jsonl([{ ...row, gemm_dtyp: dtype }]))));
    expect(error.hint).toContain('gemm_dtyp');
  });

  it('is an empty folder', async () => {
    expect((await refusalOf(readKernelSweep(folder))).code).toBe('FORMAT_UNKNOWN');
  });
});
