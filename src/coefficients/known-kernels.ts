import type { KernelConstants } from '../basis/kernel-constants.js';
import { TruelineError } from '../errors.js';
import type { Catalog } from './catalog.js';

/**
 * Operator times of a GPU, or nothing for one without sweeps or outside the catalogue: only some bases need them, and those
 * say so.
 */
export function kernelsIfKnown(
  catalog: Pick<Catalog, 'kernels'>,
  gpuName: string,
): { readonly kernels?: KernelConstants } {
  try {
    return { kernels: catalog.kernels(gpuName) };
  } catch (error) {
    if (error instanceof TruelineError && ['COEFFICIENTS_MISSING', 'GPU_UNKNOWN'].includes(error.code))
      return {};
    throw error;
  }
}
