import { shippedPath } from './package-root.js';

/** The coefficient set commands price with when none is named. */
export const DEFAULT_COEFFICIENTS = 'op-roofline';

/** The suite `validate` and `demo` replay when none is named. */
export const defaultSuiteFolder = (): string => shippedPath('validation', 'public-suite');
