import { describe, expect, it } from 'vitest';
import { modelFacts, readCatalog } from '../../src/coefficients/index.js';
import { refusal } from '../refusal.js';

describe('modelFacts', async () => {
  const catalog = await readCatalog();
  const known = catalog.model('Qwen/Qwen2.5-7B-Instruct');
  const brought = { ...known, sampling: { topPOrTopK: false, repetitionPenalty: 1 } };

  it('prefers the catalogue, which knows the sampling defaults a config.json lacks', () => {
    expect(modelFacts(catalog, known.name, brought).sampling).toEqual({ topPOrTopK: true, repetitionPenalty: 1.05 });
  });

  it('takes what the suite brought for a model the catalogue does not know', () => {
    expect(modelFacts(catalog, 'someone/new-model', brought)).toBe(brought);
  });

  it('refuses a model nobody knows', () => {
    expect(refusal(() => modelFacts(catalog, 'someone/new-model')).code).toBe('MODEL_UNKNOWN');
  });
});
