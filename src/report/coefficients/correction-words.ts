import type { CorrectionScope } from '../../coefficients/index.js';

/** A configuration that a correction holds for: model, GPU and parallelism, and the engine if it is named. */
export const correctionTitle = ({ model, gpu, tensorParallelSize, engineVersion }: CorrectionScope): string =>
  `${model}, ${gpu} x${tensorParallelSize ?? 'any'}${engineVersion === undefined ? '' : `, vLLM ${engineVersion}`}`;
