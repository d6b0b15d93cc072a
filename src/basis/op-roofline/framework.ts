import type { OpTerm } from './op-term.js';

const SOURCE = 'Trueline prior; fitted on served runs';

/** Small kernels of every layer (norms, rotary embedding, cache write): about 5 launches of 2.4 µs. */
const layer: OpTerm = {
  name: 'layer',
  unit: 'µs/layer',
  formula: 'L',
  source: SOURCE,
  prior: { mean: 12, sd: 6 },
  bind: ({ arch }) => ({ constant: arch.layers }),
};

/** Waiting for the slowest rank. */
const tpLayer: OpTerm = {
  name: 'tpLayer',
  unit: 'µs/layer',
  formula: 'L·[tp > 1]',
  source: SOURCE,
  prior: { mean: 3, sd: 4 },
  bind: ({ arch, server }) => ({ constant: server.tensorParallelSize > 1 ? arch.layers : 0 }),
};

/** Launches and scans of the sorting sampler. */
const topPStep: OpTerm = {
  name: 'topPStep',
  unit: 'µs/step',
  formula: '[top-p or top-k]',
  source: SOURCE,
  prior: { mean: 100, sd: 100 },
  bind: ({ arch }) => ({ constant: arch.sampling.topPOrTopK ? 1 : 0 }),
};

/** Applying the repetition penalty. */
const penaltyStep: OpTerm = {
  name: 'penaltyStep',
  unit: 'µs/step',
  formula: '[repetition penalty ≠ 1]',
  source: SOURCE,
  prior: { mean: 300, sd: 600 },
  bind: ({ arch }) => ({ constant: arch.sampling.repetitionPenalty === 1 ? 0 : 1 }),
};

/** Building the prompt-token tensors of the repetition penalty again, whenever a request joins. */
const penaltyNewRequestStep: OpTerm = {
  name: 'penaltyNewRequestStep',
  unit: 'µs/step',
  formula: '[repetition penalty ≠ 1]·[new requests > 0]',
  source: SOURCE,
  prior: { mean: 1000, sd: 2000 },
  bind: ({ arch }) =>
    arch.sampling.repetitionPenalty === 1 ? {} : { byBatch: (batch) => (batch.newRequests > 0 ? 1 : 0) },
};

/**
 * Costs of the serving framework rather than of a kernel; the ones worth fitting. A cost per step, per mixture-of-experts layer
 * and per FP8 expert layer were tried and left out: with them, models left out of the fit are predicted worse.
 */
export const frameworkTerms: readonly OpTerm[] = [
  layer,
  tpLayer,
  topPStep,
  penaltyStep,
  penaltyNewRequestStep,
];
