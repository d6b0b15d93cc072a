/**
 * Numbers with provenance and what is made of them. Reading order: `coefficient-set.ts` (the format), `price.ts` (a
 * `LatencyModel` from it), `catalog.ts` (what ships).
 */
export { renderBlisCoefficients, parseBlisCoefficients, type BlisCoefficients } from './blis/blis-file.js';
export { fromBlis } from './blis/from-blis.js';
export { readBlisFile } from './blis/read-blis-file.js';
export { toBlis } from './blis/to-blis.js';
export { readCatalog, type Catalog } from './catalog.js';
export { parseCoefficientSet } from './coefficient-file.js';
export type {
  CoefficientEntry,
  CoefficientScope,
  CoefficientSet,
  CoefficientSource,
  ConfigurationCorrection,
  CorrectionScope,
  FitProvenance,
} from './coefficient-set.js';
export {
  identifiability,
  type Identifiability,
  type TravellingPair,
} from './identifiability.js';
export { coefficientJsonSchema } from './json-schema.js';
export { kernelsIfKnown } from './known-kernels.js';
export { modelFacts } from './model-facts.js';
export type { LatencyModel } from './latency-model.js';
export { predictionChange, type TimeChange } from './prediction-change.js';
export { latencyModel, priceWith, priorValues } from './price.js';
export { readCoefficientSet } from './read-coefficient-set.js';
export { readGpuFile } from './read-gpu-file.js';
export { renderCoefficientSet, renderCoefficientSetYaml } from './render-coefficient-set.js';
export { correctionFor, withCorrections } from './resolve-correction.js';
export { resolveLayers, type ResolvedNumber } from './resolve-layers.js';
export { beyondFit, type ScopeGap } from './scope-gaps.js';
export {
  diffCorrections,
  diffSets,
  MOVED_ERRORS,
  type ComparedValue,
  type CorrectionDifference,
  type EntryDifference,
} from './set-difference.js';
export { correctLatency, NO_CORRECTION, type StepCorrection } from './step-correction.js';
export { INTERVAL_RATIO, type CorrectionPrior, type PredictionUncertainty } from './uncertainty.js';
