import { basename, resolve } from 'node:path';
import { readCatalog, type Catalog } from '../../coefficients/index.js';
import { TruelineError } from '../../errors.js';
import { fitKernels, renderKernelFile, toKernelConstants } from '../../fit/kernels/index.js';
import { readKernelSweep } from '../../ingest/index.js';
import { paragraph, type ReportDocument } from '../../report/document.js';
import { kernelFitReport } from '../../report/kernels/kernel-fit-report.js';
import { renderTerminal } from '../../report/render-terminal.js';
import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { KernelSweep } from '../../trace/kernel-sweep.js';
import type { Diagnostic } from '../../trace/trace.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { findGpu } from '../served.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline fit kernels`. */
export interface FitKernelsOptions extends CommonOptions {
  readonly gpu?: string;
  readonly source?: string;
  readonly out?: string;
  readonly force?: true;
}

/**
 * Fits the operator times of one GPU to its kernel sweep, and writes them when asked to.
 * @param path folder or file of the sweep
 * @throws FILE_EXISTS before anything is read; GPU_UNKNOWN; FIT_INVALID; any code of `readKernelSweep`
 */
export async function fitKernelSweep(path: string, options: FitKernelsOptions): Promise<Outcome> {
  const { out } = options;
  const write = { force: options.force === true };
  if (out !== undefined) checkFileDestination(out, write);
  const catalog = await readCatalog();
  const stated = options.gpu === undefined ? undefined : await findGpu(catalog, options.gpu);
  const sweep = await readKernelSweep(path);
  const gpu = stated ?? measuredGpu(catalog, sweep, path);
  const fitted = fitKernels(sweep, gpu);
  const result = { ...fitted, diagnostics: [...fitted.diagnostics, ...otherDevice(catalog, sweep, gpu)] };
  const kernels = toKernelConstants(result, options.source ?? ownSource(sweep, path));
  if (out !== undefined) writeFileAtomic(out, [renderKernelFile(kernels)], write);
  return {
    text: (terminal) => renderTerminal([...kernelFitReport(result), ...written(out)], terminal),
    json: () => ({ out, kernels, fit: result }),
    passed: true,
  };
}

/** A doubt when the sweep names a shipped GPU and it is not the one that was asked for. */
function otherDevice(catalog: Catalog, { device, tables }: KernelSweep, gpu: GpuSpec): Diagnostic[] {
  const named = catalog.gpuNames.find((name) => [name, ...catalog.gpu(name).aliases].includes(device));
  if (named === undefined || named === gpu.name) return [];
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const message = `rows measured on ${named}, fitted with the data sheet of ${gpu.name}`;
  return [{ code: 'KERNEL_DEVICE_OTHER', kind: 'doubt', count: rows, message }];
}

/** The GPU the sweep itself names. @throws GPU_UNKNOWN */
function measuredGpu(catalog: Catalog, { device }: KernelSweep, file: string): GpuSpec {
  try {
    return catalog.gpu(device);
  } catch (cause) {
    throw new TruelineError('GPU_UNKNOWN', `measured on \`${device}\`, which is no shipped GPU`, {
      file,
      hint: `Name it with --gpu: one of ${catalog.gpuNames.join(', ')}, or a data-sheet file.`,
      cause,
    });
  }
}

/** Folder, device and releases: enough to tell one sweep from another, and nothing of where it lay. */
function ownSource({ device, tables }: KernelSweep, path: string): string {
  const versions = [...new Set(tables.flatMap((table) => table.versions))].toSorted();
  return `${basename(resolve(path))} (${[device, ...versions].join(', ')})`;
}

const written = (out: string | undefined): ReportDocument =>
  out === undefined
    ? []
    : [paragraph(`Wrote ${out}. In \`coefficients/kernels\` it is what predictions for this GPU use.`)];
