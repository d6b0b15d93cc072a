import { deeper, path, trueline } from './trueline.mjs';

/** What each term, and what the workload and the scheduler bring, is worth on models that were left out. */
export const ablation = {
  name: 'ablation',
  slow: true,
  render: () => deeper(trueline('fit', 'ablate', path('validation/public-suite'), '--format', 'markdown')),
};
