import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { latencyModel, readCatalog, type Catalog } from '../../src/coefficients/index.js';
import { readSuite } from '../../src/ingest/index.js';
import { modelWeightBytes, type SamplingDefaults } from '../../src/trace/model-arch.js';
import { DEFAULT_SERVER } from '../../src/trace/server-config.js';
import { BYTES_PER_GIB } from '../../src/units.js';
import { refusal, refusalOf } from '../refusal.js';
import { batch } from '../basis/contexts.js';

const SHIPPED = fileURLToPath(new URL('../../coefficients', import.meta.url));
const catalog: Catalog = await readCatalog();

describe('shipped models', () => {
  /** Parameters as the model cards state them, in billions; language model only. */
  it.each([
    ['meta-llama/Llama-2-7b-hf', 6.74],
    ['meta-llama/Llama-2-70b-hf', 68.98],
    ['codellama/CodeLlama-34b-Instruct-hf', 33.74],
    ['meta-llama/Llama-3.1-8B-Instruct', 8.03],
    ['meta-llama/Llama-3.1-70B-Instruct', 70.55],
    ['mistralai/Mistral-Nemo-Instruct-2407', 12.25],
    ['mistralai/Mixtral-8x7B-v0.1', 46.7],
    ['mistralai/Mixtral-8x22B-Instruct-v0.1', 140.6],
    ['Qwen/Qwen2.5-7B-Instruct', 7.62],
    ['Qwen/Qwen3-14B', 14.77],
    ['Qwen/Qwen3-30B-A3B', 30.53],
    ['01-ai/Yi-34B', 34.39],
    ['meta-llama/Llama-3.3-70B-Instruct', 70.55],
    ['meta-llama/Llama-3.2-3B-Instruct', 3.21],
    ['meta-llama/Llama-3.2-1B-Instruct', 1.236],
    ['Qwen/Qwen2.5-14B-Instruct', 14.77],
    ['Qwen/Qwen2.5-32B-Instruct', 32.76],
    ['Qwen/Qwen2.5-72B-Instruct', 72.7],
    ['Qwen/Qwen3-8B', 8.19],
    ['Qwen/Qwen3-32B', 32.76],
    ['mistralai/Mistral-7B-Instruct-v0.3', 7.248],
    ['deepseek-ai/DeepSeek-R1-Distill-Llama-8B', 8.03],
    ['deepseek-ai/DeepSeek-R1-Distill-Llama-70B', 70.55],
  ])('%s has %d billion parameters', (name, billions) => {
    const parameters = modelWeightBytes(catalog.model(name)) / 2 / 1e9;
    expect(parameters / billions).toBeGreaterThan(0.998);
    expect(parameters / billions).toBeLessThan(1.002);
  });

  it('keeps attention and vocabulary of the FP8 Scout in 16 bit, and makes every layer a mixture', () => {
    const scout = catalog.model('RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic');
    expect(scout.weightBytes).toMatchObject({ attention: 2, vocabulary: 2, experts: 1, sharedExpert: 1 });
    expect(scout.moe?.layers).toBe(scout.layers);
  });

  it('is found by repository id, last part and alias, in any case', () => {
    const names = ['MISTRALAI/mixtral-8x22b-instruct-V0.1', 'Mixtral-8x22B-Instruct-v0.1', 'mixtral-8x22b'];
    const found = new Set(names.map((name) => catalog.model(name)));
    expect(found.size).toBe(1);
  });

  it('knows which checkpoints sort the vocabulary or repeat with a penalty', () => {
    const publishers = (chosen: (sampling: SamplingDefaults) => boolean): string[] => [
      ...new Set(
        catalog.modelNames
          .filter((name) => chosen(catalog.model(name).sampling))
          .map((name) => name.slice(0, name.indexOf('/'))),
      ),
    ];
    expect(publishers(({ topPOrTopK }) => topPOrTopK).toSorted()).toEqual([
      'Qwen',
      'RedHatAI',
      'deepseek-ai',
      'meta-llama',
    ]);
    expect(publishers(({ topPOrTopK }) => !topPOrTopK).toSorted()).toEqual(['01-ai', 'codellama', 'mistralai']);
    const penalised = catalog.modelNames.filter((name) => catalog.model(name).sampling.repetitionPenalty !== 1);
    expect(penalised.every((name) => /Qwen2\.5-\d+B-Instruct$/u.test(name))).toBe(true);
    expect(penalised).toHaveLength(4);
  });

  it('suggests the nearest name for an unknown one', () => {
    const error = refusal(() => catalog.model('mixtral-8x8b'));
    expect(error.code).toBe('MODEL_UNKNOWN');
    expect(error.hint).toContain('mixtral-8x7b');
  });
});

describe('shipped GPUs', () => {
  it.each([
    ['h100', 989.5e6, 1979e6, 3.35e6, 79.15],
    ['a100', 312e6, undefined, 2.039e6, 79.15],
    ['l40s', 362e6, 733e6, 0.864e6, 44.4],
  ])('%s in Trueline units', (name, bf16, fp8, hbm, gib) => {
    const gpu = catalog.gpu(name);
    expect(gpu.bf16FlopPerUs).toBeCloseTo(bf16, 3);
    expect(gpu.fp8FlopPerUs).toBe(fp8);
    expect(gpu.hbmBytesPerUs).toBeCloseTo(hbm, 6);
    expect(gpu.memoryBytes / BYTES_PER_GIB).toBeCloseTo(gib, 9);
  });

  it('suggests the nearest name for an unknown one', () => {
    for (const lookup of [catalog.gpu, catalog.kernels]) {
      const error = refusal(() => lookup('H10'));
      expect(error.code).toBe('GPU_UNKNOWN');
      expect(error.hint).toContain('`H100`');
    }
  });

  it('has operator times under canonical names, each larger batch at least as dear', () => {
    for (const name of catalog.gpuNames) {
      const at = {
        arch: catalog.model('llama-3.1-8b'),
        gpu: catalog.gpu(name),
        kernels: catalog.kernels(name),
        server: DEFAULT_SERVER,
      };
      const model = latencyModel(catalog.coefficientSet('op-roofline-prior'), at);
      let before = 0;
      for (let tokens = 1; tokens <= 4096; tokens += 1) {
        const us = model.stepUs(batch({ prefillTokens: tokens, prefillRequests: 1, prefillContextTokens: tokens }));
        expect(us).toBeGreaterThanOrEqual(before);
        before = us;
      }
    }
  });
});

describe('the shipped suite', () => {
  it('serves models on GPUs that the catalogue knows, with operator times', async () => {
    const suite = await readSuite(fileURLToPath(new URL('../../validation/public-suite', import.meta.url)));
    expect(suite.experiments.length).toBeGreaterThan(0);
    for (const { model, gpu } of suite.experiments) {
      expect(catalog.model(model).name).toBe(model);
      expect(catalog.kernels(gpu).gpu).toBe(gpu);
    }
  });
});

describe('a catalogue with mistakes', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trueline-catalog-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  /** The shipped catalogue with one file's text changed. */
  async function changed(name: string, file: string, change: (text: string) => string): Promise<string> {
    const copy = join(folder, name);
    await cp(SHIPPED, copy, { recursive: true });
    const path = join(copy, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
    return copy;
  }

  it.each([
    ['key', 'models/yi-34b.yaml', (text: string) => text.replace('kvHeads', 'kvHead'), 'KEY_UNKNOWN', 'kvHeads'],
    ['type', 'models/yi-34b.yaml', (text: string) => text.replace('layers: 60', 'layers: sixty'), 'COEFFICIENTS_INVALID', undefined],
    ['heads', 'models/yi-34b.yaml', (text: string) => text.replace('kvHeads: 8', 'kvHeads: 9'), 'COEFFICIENTS_INVALID', undefined],
    ['yaml', 'gpus/h100.yaml', (text: string) => `${text}\n  bad: [`, 'FORMAT_INVALID', undefined],
    ['json', 'kernels/h100.json', (text: string) => text.slice(0, 500), 'FILE_TRUNCATED', 'Copy'],
    ['order', 'kernels/h100.json', (text: string) => text.replace('8192, 16384', '16384, 8192'), 'COEFFICIENTS_INVALID', undefined],
    ['taken', 'models/yi-34b.yaml', (text: string) => text.replace('aliases: []', 'aliases: [Mixtral-8x7B]'), 'COEFFICIENTS_INVALID', undefined],
  ])('is refused: %s', async (name, file, change, code, hint) => {
    const copy = await changed(name, file, change);
    const error = await refusalOf(readCatalog(copy));
    expect(error).toMatchObject({ code, file: join(copy, file) });
    if (hint !== undefined) expect(error.hint).toContain(hint);
  });

  it('is refused when a folder is missing', async () => {
    expect((await refusalOf(readCatalog(join(folder, 'nowhere')))).code).toBe('FILE_NOT_FOUND');
  });
});

describe('shipped coefficient sets', () => {
  it('says where every number comes from', async () => {
    expect((await readdir(join(SHIPPED, 'sets'))).length + (await readdir(join(SHIPPED, 'peers'))).length).toBe(
      catalog.coefficientSetNames.length,
    );
    for (const name of catalog.coefficientSetNames) {
      for (const [term, entry] of Object.entries(catalog.coefficientSet(name).entries)) {
        expect(entry.rationale.length, `${name} ${term}`).toBeGreaterThan(0);
      }
    }
  });

  it('is unknown by another name', () => {
    const error = refusal(() => catalog.coefficientSet('blis-rooflin'));
    expect(error.code).toBe('COEFFICIENTS_MISSING');
    expect(error.hint).toContain('blis-roofline');
  });
});
