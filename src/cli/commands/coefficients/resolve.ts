import { readCatalog, readCoefficientSet, resolveLayers } from '../../../coefficients/index.js';
import { resolutionReport } from '../../../report/coefficients/resolution-report.js';
import type { ServedOptions } from '../../arguments/served.js';
import type { CommonOptions } from '../../conclude.js';
import { renderAs, type Outcome, type TextFormat } from '../../outcome.js';
import { resolveServed } from '../../served.js';

/** Options of `trueline coefficients resolve`. */
export interface ResolveOptions extends CommonOptions, ServedOptions {
  readonly coefficients: string;
  readonly format: TextFormat;
}

/**
 * Says which number of which layer serves a prediction, and how far each is extrapolated.
 * @throws USAGE without model or GPU; the codes of `resolveServed`, `readCoefficientSet` and `resolveLayers`
 */
export async function resolveSet(options: ResolveOptions): Promise<Outcome> {
  const context = await resolveServed(await readCatalog(), options);
  const set = await readCoefficientSet(options.coefficients);
  const { arch, gpu, server } = context;
  const served = `${arch.name} on ${gpu.name}, tensor-parallel size ${server.tensorParallelSize}`;
  const resolution = { set: set.name, served, numbers: resolveLayers(set, context) };
  return {
    text: (terminal) => renderAs(options.format, resolutionReport(resolution), terminal),
    json: () => resolution,
    passed: true,
  };
}
