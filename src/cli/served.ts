import type { BasisContext } from '../basis/index.js';
import { kernelsIfKnown, readGpuFile, type Catalog } from '../coefficients/index.js';
import { TruelineError } from '../errors.js';
import { readGpuSheet, readModelConfig } from '../ingest/index.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import type { ModelArch } from '../trace/model-arch.js';
import { DEFAULT_SERVER } from '../trace/server-config.js';
import type { TraceMeta } from '../trace/trace.js';
import type { ServedOptions } from './arguments/served.js';

/** A model by shipped name, or from its `config.json`. @throws MODEL_UNKNOWN, or any code of `readModelConfig` */
const findModel = async (catalog: Catalog, name: string): Promise<ModelArch> =>
  name.endsWith('.json') ? readModelConfig(name) : catalog.model(name);

/**
 * A GPU by shipped name, or from a data-sheet file: one like those in `coefficients/gpus`, or AIConfigurator's.
 * @throws GPU_UNKNOWN, or any code of `readGpuFile` and `readGpuSheet`
 */
export async function findGpu(catalog: Catalog, name: string): Promise<GpuSpec> {
  if (!/\.ya?ml$/u.test(name)) return catalog.gpu(name);
  return (await readGpuFile(name)) ?? (await readGpuSheet(name));
}

function stated(value: string | undefined, what: 'model' | 'gpu', file: string | undefined): string {
  if (value !== undefined) return value;
  const message =
    file === undefined ? `no ${what} is named` : `does not say which ${what} it was measured on`;
  throw new TruelineError('USAGE', message, {
    ...(file === undefined ? {} : { file }),
    hint: `Add --${what}; for example ${what === 'model' ? '--model llama-3.1-8b-instruct' : '--gpu H100'}.`,
  });
}

/**
 * What was served on what: options of the command line win over what the trace says of itself.
 * @param file the trace, for messages
 * @throws USAGE when neither names the model or GPU; MODEL_UNKNOWN, GPU_UNKNOWN
 */
export async function resolveServed(
  catalog: Catalog,
  options: ServedOptions,
  meta: Pick<TraceMeta, 'model' | 'gpu' | 'server'> = {},
  file?: string,
): Promise<BasisContext> {
  const arch = await findModel(catalog, stated(options.model ?? meta.model, 'model', file));
  const gpu = await findGpu(catalog, stated(options.gpu ?? meta.gpu, 'gpu', file));
  const tensorParallelSize = options.tensorParallel ?? meta.server?.tensorParallelSize;
  const server = {
    ...DEFAULT_SERVER,
    ...meta.server,
    ...(tensorParallelSize === undefined ? {} : { tensorParallelSize }),
  };
  return { arch, gpu, server, ...kernelsIfKnown(catalog, gpu.name) };
}
