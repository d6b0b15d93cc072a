import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalog, readGpuFile } from '../../src/coefficients/index.js';
import { GPU_SHEET } from '../fit/kernels/planted-files.js';
import { GPU } from '../fit/kernels/planted-sweep.js';
import { refusalOf } from '../refusal.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trueline-gpu-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function sheet(text: string): Promise<string> {
  const path = join(folder, 'gpu.yaml');
  await writeFile(path, text);
  return path;
}

describe('readGpuFile', () => {
  it('reads a sheet in the units data sheets use', async () => {
    const gpu = await readGpuFile(await sheet(GPU_SHEET));
    // 74.5 GiB of memory is the sheet's way to write about 80 GB
    expect(gpu).toEqual({ ...GPU, memoryBytes: 74.5 * 2 ** 30 });
  });

  it('reads a shipped sheet as the catalogue does', async () => {
    const path = fileURLToPath(new URL('../../coefficients/gpus/h100.yaml', import.meta.url));
    expect(await readGpuFile(path)).toEqual((await readCatalog()).gpu('H100'));
  });

  it("leaves another tool's file to its reader", async () => {
    expect(await readGpuFile(await sheet('gpu:\n  mem_bw: 1\n'))).toBeUndefined();
  });

  it.each([
    [GPU_SHEET.replace('hbmTbPerS', 'hbmTbPerSec'), 'KEY_UNKNOWN'],
    [GPU_SHEET.replace('l2Mb: 1', 'l2Mb: 0'), 'COEFFICIENTS_INVALID'],
  ])('refuses a wrong one', async (text, code) => {
    expect((await refusalOf(readGpuFile(await sheet(text)))).code).toBe(code);
  });
});
