import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KernelConstants } from '../basis/kernel-constants.js';
import { nearestName, TruelineError, type ErrorCode } from '../errors.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { CoefficientSet } from './coefficient-set.js';
import { parseCoefficientSet } from './coefficient-file.js';
import { gpuFileSchema, gpuSpec } from './gpu-file.js';
import { kernelConstants, kernelFileSchema } from './kernel-file.js';
import { modelArch, modelFileSchema } from './model-file.js';
import { listFolder, parseStrict, readText } from './read-document.js';

/** `coefficients/` of the package: two levels above this file, in `src` and in `dist` alike. */
const SHIPPED_FOLDER = fileURLToPath(new URL('../../coefficients', import.meta.url));

/** Models, GPUs, operator times and coefficient sets by any name they go by, ignoring case. */
export interface Catalog {
  /** Canonical names, sorted. */
  readonly modelNames: readonly string[];
  readonly gpuNames: readonly string[];
  readonly coefficientSetNames: readonly string[];
  /** By Hugging Face repository id, its last part, or an alias. @throws MODEL_UNKNOWN */
  readonly model: (name: string) => ModelArch;
  /** By name or alias. @throws GPU_UNKNOWN */
  readonly gpu: (name: string) => GpuSpec;
  /** By the GPU's name or alias. @throws GPU_UNKNOWN; COEFFICIENTS_MISSING when the GPU has no sweeps */
  readonly kernels: (gpuName: string) => KernelConstants;
  /** By the set's name. @throws COEFFICIENTS_MISSING */
  readonly coefficientSet: (name: string) => CoefficientSet;
}

/** A named fact and the file it came from. */
interface Listed<T> {
  readonly names: readonly string[];
  readonly value: T;
  readonly file: string;
}

/**
 * Reads and checks every file of the catalogue.
 * @param folder another catalogue of the same layout; the shipped one by default
 * @throws COEFFICIENTS_INVALID, KEY_UNKNOWN for a bad file or two entries of one name; FILE_NOT_FOUND
 */
export async function readCatalog(folder: string = SHIPPED_FOLDER): Promise<Catalog> {
  const models = await readFolder(join(folder, 'models'), modelEntry);
  const gpus = await readFolder(join(folder, 'gpus'), gpuEntry);
  const kernels = await readFolder(join(folder, 'kernels'), kernelEntry);
  const sets = await readFolder(join(folder, 'sets'), setEntry);
  const peerSets = await readFolder(join(folder, 'peers'), setEntry);
  return catalogOf(models, gpus, kernels, [...sets, ...peerSets]);
}

function modelEntry(text: string, file: string): Listed<ModelArch> {
  const model = parseStrict(modelFileSchema, text, file);
  const slug = model.name.slice(model.name.lastIndexOf('/') + 1);
  return { names: [model.name, slug, ...model.aliases], value: modelArch(model), file };
}

function gpuEntry(text: string, file: string): Listed<GpuSpec> {
  const value = gpuSpec(parseStrict(gpuFileSchema, text, file));
  return { names: [value.name, ...value.aliases], value, file };
}

function kernelEntry(text: string, file: string): Listed<KernelConstants> {
  const value = kernelConstants(parseStrict(kernelFileSchema, text, file));
  return { names: [value.gpu], value, file };
}

function setEntry(text: string, file: string): Listed<CoefficientSet> {
  const value = parseCoefficientSet(text, file);
  return { names: [value.name], value, file };
}

function catalogOf(
  models: readonly Listed<ModelArch>[],
  gpus: readonly Listed<GpuSpec>[],
  kernels: readonly Listed<KernelConstants>[],
  sets: readonly Listed<CoefficientSet>[],
): Catalog {
  const model = lookup(models, 'model', 'MODEL_UNKNOWN');
  const gpu = lookup(gpus, 'GPU', 'GPU_UNKNOWN');
  const kernelsOf = lookup(kernels, 'operator times of GPU', 'COEFFICIENTS_MISSING');
  return {
    modelNames: models.map((entry) => entry.value.name),
    gpuNames: gpus.map((entry) => entry.value.name),
    coefficientSetNames: sets.map((entry) => entry.value.name),
    model,
    gpu,
    kernels: (gpuName) => kernelsOf(gpu(gpuName).name),
    coefficientSet: lookup(sets, 'coefficient set', 'COEFFICIENTS_MISSING'),
  };
}

async function readFolder<T>(
  folder: string,
  parse: (text: string, file: string) => Listed<T>,
): Promise<Listed<T>[]> {
  const names = (await listFolder(folder)).filter((name) => /\.(?:json|ya?ml)$/u.test(name));
  return Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      return parse(await readText(file), file);
    }),
  );
}

/** @throws COEFFICIENTS_INVALID when two entries claim one name */
function lookup<T>(entries: readonly Listed<T>[], kind: string, unknown: ErrorCode): (name: string) => T {
  const byName = new Map<string, Listed<T>>();
  for (const entry of entries) {
    for (const name of entry.names) {
      const other = byName.get(name.toLowerCase());
      if (other !== undefined && other !== entry) {
        const message = `${kind} name \`${name}\` is already taken by ${other.file}`;
        throw new TruelineError('COEFFICIENTS_INVALID', message, { file: entry.file });
      }
      byName.set(name.toLowerCase(), entry);
    }
  }
  return (name) => {
    const found = byName.get(name.toLowerCase());
    if (found !== undefined) return found.value;
    const canonical = entries.map((entry) => entry.names[0] ?? '');
    throw new TruelineError(unknown, `unknown ${kind} \`${name}\``, {
      hint: nameHint(name, entries, canonical),
    });
  };
}

/** The nearest name, or the whole list when nothing is near. */
function nameHint(name: string, entries: readonly Listed<unknown>[], canonical: readonly string[]): string {
  const nearest = nearestName(
    name,
    entries.flatMap((entry) => entry.names),
  );
  const known = `Known: ${canonical.join(', ')}.`;
  return nearest === undefined ? known : `Did you mean \`${nearest}\`? ${known}`;
}
