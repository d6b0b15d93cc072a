import { describe, expect, it } from 'vitest';
import { modelFacts, readCatalog } from '../../src/coefficients/index.js';
import type { ModelArch } from '../../src/trace/model-arch.js';
import { refusal } from '../refusal.js';

const NEW = 'someone/new-model';
const suite = (models: Record<string, ModelArch>) => ({ models, refusedModels: {} });

describe('modelFacts', async () => {
  const catalog = await readCatalog();
  const known = catalog.model('Qwen/Qwen2.5-7B-Instruct');
  const brought = { ...known, sampling: { topPOrTopK: false, repetitionPenalty: 1 } };

  it('prefers the catalogue, which knows the sampling defaults a config.json lacks', () => {
    expect(modelFacts(catalog, known.name, suite({ [known.name]: brought })).sampling).toEqual({ topPOrTopK: true, repetitionPenalty: 1.05 });
  });

  it('takes what the suite brought for a model the catalogue does not know', () => {
    expect(modelFacts(catalog, NEW, suite({ [NEW]: brought }))).toBe(brought);
  });

  it('says why a model that came with the suite cannot be had', () => {
    const reason = 'multi-head latent attention is not modelled';
    const refusedModels = { [NEW]: { code: 'ARCH_UNSUPPORTED' as const, reason } };
    const error = refusal(() => modelFacts(catalog, NEW, { models: {}, refusedModels }));
    expect(error).toMatchObject({ code: 'ARCH_UNSUPPORTED', message: `${NEW}: ${reason}` });
    expect(modelFacts(catalog, known.name, { models: {}, refusedModels })).toBe(known);
  });

  it('refuses a model nobody knows', () => {
    expect(refusal(() => modelFacts(catalog, NEW, suite({}))).code).toBe('MODEL_UNKNOWN');
  });
});
