import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readKernelSweep } from '../../src/ingest/kernel-sweep.js';

const SCRIPT = fileURLToPath(new URL('../../tools/measure_kernels.py', import.meta.url));
const TORCH_STUB = fileURLToPath(new URL('../fixtures/torch-stub', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'measure-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the script isolated from installed packages, with the stub in place of PyTorch unless `hasTorch` is false. */
function measure(args: readonly string[], hasTorch = true) {
  const env = { PATH: process.env['PATH'] ?? '', ...(hasTorch ? { PYTHONPATH: TORCH_STUB } : {}) };
  const { status, stderr } = spawnSync('python3', ['-S', '-B', SCRIPT, ...args], { env, encoding: 'utf8' });
  return { status, stderr };
}

// A stub stands in for PyTorch: this tests grids, tables and refusals, not times. No GPU is involved.
describe('tools/measure_kernels.py', () => {
  it('writes tables that are read without a row lost', async () => {
    const out = join(folder, 'sweep');
    const { status, stderr } = measure(['--device', 'cpu', '--quick', '--repeats', '2', '--out', out]);
    expect(stderr).toContain('all_reduce: skipped');
    expect(status).toBe(0);
    const sweep = await readKernelSweep(out);
    expect(sweep.diagnostics).toEqual([]);
    const { gemm, generationAttention, contextAttention, moe, sampler, allReduce } = sweep;
    const counts = [gemm, generationAttention, contextAttention, moe, sampler, allReduce].map(
      ({ count }) => count,
    );
    expect(counts).toEqual([8, 4, 4, 16, 4, 0]);
    expect(sweep.generationAttention.numbers.contextTokens[0]).toBe(256);
    expect(new Set(sweep.moe.labels.kernel)).toEqual(new Set(['torch_bmm']));
    expect(new Set(sweep.gemm.labels.release)).toEqual(new Set(['0.0']));
  });

  it('measures only what it is asked for and never overwrites a sweep', () => {
    const out = join(folder, 'one');
    const args = ['--device', 'cpu', '--quick', '--repeats', '1', '--operators', 'gemm', '--out', out];
    expect(measure(args).status).toBe(0);
    const again = measure(args);
    expect(again.status).toBe(2);
    expect(again.stderr).toContain('File exists');
  });

  it.each([
    ['an unknown operator', ['--operators', 'gemm,conv'], 'unknown operator conv'],
    ['repeats that are no number', ['--repeats', 'many'], 'not a positive whole number'],
    ['no GPU', [], 'sees no GPU'],
  ])('refuses %s with one message and exit code 2', (_, args, message) => {
    const { status, stderr } = measure(['--out', join(folder, 'never'), ...args]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('Traceback');
    expect(status).toBe(2);
  });

  it('says so when PyTorch is not installed', () => {
    const { status, stderr } = measure(['--out', join(folder, 'never')], false);
    expect(stderr).toContain('PyTorch is not installed');
    expect(status).toBe(2);
  });
});
