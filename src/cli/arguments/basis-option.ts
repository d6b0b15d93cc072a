import { Option } from 'commander';

/** Every basis that ships; not read from `basis/`, which help need not load. */
const BASIS_NAMES = [
  'op-roofline',
  'roofline',
  'trained-physics',
  'trained-physics-prefill-split',
  'trained-physics-max',
] as const;

/** `--basis <name>` */
export const basisOption = (): Option =>
  new Option('--basis <name>', 'terms of the step-time model').choices(BASIS_NAMES).default('op-roofline');
