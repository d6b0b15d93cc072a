import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelFileSchema } from '../../src/coefficients/kernel-file.js';
import { GPU_SHEET, writeSweep } from '../fit/kernels/planted-files.js';
import { PLANTED, plantedSweep } from '../fit/kernels/planted-sweep.js';
import { shipped, workplace } from './run-cli.js';

const place = workplace();
const at = (...names: readonly string[]): string => join(place.folder, ...names);

beforeAll(() => {
  writeSweep(plantedSweep(), at('sweep'));
  writeFileSync(at('demo.yaml'), GPU_SHEET);
});
afterAll(place.remove);

const onDemo = ['--gpu', 'demo.yaml'] as const;

describe('fit kernels', () => {
  it('gives back the constants a sweep was made from, and says where they are from', () => {
    const run = place.run('fit', 'kernels', 'sweep', ...onDemo, '--out', 'demo.json');
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    expect(run.stdout).toContain('OPERATOR TIMES OF DEMO');
    expect(run.stdout).toContain('Wrote demo.json');
    const text = readFileSync(at('demo.json'), 'utf8');
    const { gpu, gemm, decodeAttention, sampler } = kernelFileSchema.parse(JSON.parse(text));
    expect(gpu).toBe('Demo');
    for (const [name, planted] of Object.entries(PLANTED.gemm.bf16)) {
      expect(new Map(Object.entries(gemm.bf16)).get(name), name).toBeCloseTo(planted, 2);
    }
    expect(decodeAttention.memoryFactor).toBeCloseTo(PLANTED.decodeAttention.memoryFactor, 3);
    expect(sampler.scale).toBeCloseTo(PLANTED.sampler.scale, 3);
    expect(gemm.provenance.source).toBe('sweep (Demo GPU, 0.14.0): gemm_perf, release 0.14');
    expect(text).not.toContain(place.folder);
  });

  it('gives the same constants whatever the folder is called by, and cites what it is told to', () => {
    const run = place.run('fit', 'kernels', `${at('sweep')}/`, ...onDemo, '--json');
    expect(run.stdout).not.toContain(place.folder);
    const { formatVersion: _version, ...written } = kernelFileSchema.parse(
      JSON.parse(readFileSync(at('demo.json'), 'utf8')),
    );
    const found: unknown = JSON.parse(run.stdout);
    expect(found).toMatchObject({ kernels: written, fit: { gpu: 'Demo', device: 'Demo GPU' } });
    const cited = place.run('fit', 'kernels', 'sweep', ...onDemo, '--source', 'our cluster', '--json');
    expect(cited.stdout).toContain('"our cluster: gemm_perf, release 0.14"');
  });

  it('takes the GPU that the sweep names, and doubts another', () => {
    writeSweep({ ...plantedSweep(), device: 'NVIDIA H100 80GB HBM3' }, at('h100'));
    const own = place.run('fit', 'kernels', 'h100').stdout;
    expect(own).toContain('OPERATOR TIMES OF H100');
    expect(own).not.toContain('KERNEL_DEVICE_OTHER');
    const other = place.run('fit', 'kernels', 'h100', '--gpu', 'A100').stdout;
    expect(other).toContain('OPERATOR TIMES OF A100-80GB');
    expect(other).toMatch(
      /measured on H100, fitted with the data sheet of A100-80GB\s+\[KERNEL_DEVICE_OTHER\]/u,
    );
  });

  it('keeps a file that is there unless forced', () => {
    writeFileSync(at('kept.json'), 'kept');
    expect(place.run('fit', 'kernels', 'sweep', ...onDemo, '--out', 'kept.json').stderr).toContain(
      '[FILE_EXISTS]',
    );
    expect(readFileSync(at('kept.json'), 'utf8')).toBe('kept');
    const forced = place.run('fit', 'kernels', 'sweep', ...onDemo, '--out', 'kept.json', '--force');
    expect(forced.code).toBe(0);
    expect(readFileSync(at('kept.json'), 'utf8')).toBe(readFileSync(at('demo.json'), 'utf8'));
  });
});

describe('fit of traces beside it', () => {
  it('takes a trace folder called kernels as ./kernels, or after another input', () => {
    place.bring('traces/synthetic-mistral-nemo-tp1', 'kernels');
    const fit = place.run('fit', './kernels', '--gpu', 'H100');
    expect({ code: fit.code, stderr: fit.stderr }).toEqual({ code: 0, stderr: '' });
    expect(fit.stdout).toContain('FIT OF OP-ROOFLINE');
    const trace = shipped('traces/synthetic-llama-2-7b-tp1');
    expect(place.run('fit', trace, 'kernels', '--gpu', 'H100').stdout).toContain('of 2 runs');
    // the bare word is the command, and this folder is no sweep
    expect(place.run('fit', 'kernels', 'kernels').stderr).toContain('[FORMAT_UNKNOWN]');
  });
});

describe('fit kernels refuses', () => {
  beforeAll(() => {
    writeSweep(plantedSweep(), at('without-products'));
    rmSync(at('without-products', 'gemm.csv'));
    mkdirSync(at('broken'));
    copyFileSync(at('sweep', 'generationAttention.csv'), at('broken', 'decode.csv'));
    writeFileSync(at('broken', 'gemm.parquet'), 'PAR1 and then the disk was full');
  });

  it.each([
    [['nope'], 'FILE_NOT_FOUND', 'nope: '],
    [['sweep', '--gpu', 'H1000'], 'GPU_UNKNOWN', 'H1000'],
    [['sweep', '--gpu', 'nope.yaml'], 'FILE_NOT_FOUND', 'nope.yaml: '],
    [['sweep'], 'GPU_UNKNOWN', 'measured on `Demo GPU`'],
    [['without-products', ...onDemo], 'FIT_INVALID', 'no usable 16-bit matrix product row'],
    [['broken', ...onDemo], 'FILE_TRUNCATED', 'gemm.parquet: '],
    [['sweep', ...onDemo, '--prior-weight', '1'], 'USAGE', "unknown option '--prior-weight'"],
    [[], 'USAGE', "missing required argument 'sweep'"],
  ])('%j', (args, code, message) => {
    const before = place.names();
    const run = place.run('fit', 'kernels', ...args, '--out', 'refused.json');
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(run.stderr).toContain(`[${code}]`);
    expect(run.stderr.split('\n')[0]).toContain(message);
    expect(place.names()).toEqual(before);
  });

  it('options in front of the word, which it would have to forget', () => {
    const run = place.run('fit', '--gpu', 'H100', 'kernels', 'sweep');
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(run.stderr).toContain('--gpu stands before `kernels` [USAGE]');
    expect(run.stderr).toContain('./kernels');
  });

  it('with a pointer to its own help', () => {
    expect(place.run('fit', 'kernels').stderr).toContain('trueline fit kernels --help');
    const help = place.run('fit', 'kernels', '--help');
    expect(help.stdout).toMatch(/Usage: trueline fit kernels .*Example:\n {2}trueline fit kernels /su);
  });
});
