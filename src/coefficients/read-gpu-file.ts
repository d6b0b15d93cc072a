import type { GpuSpec } from '../trace/gpu-spec.js';
import { isRecord } from '../text/object-keys.js';
import { parseYamlDocument } from '../text/parse-document.js';
import { gpuFileSchema, gpuSpec } from './gpu-file.js';
import { parseStrict, readText } from './read-document.js';

/**
 * Reads a data sheet written like those in `coefficients/gpus`.
 * @returns undefined for another tool's file: AIConfigurator's system files keep theirs under `gpu`
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE; as `parseStrict`
 */
export async function readGpuFile(path: string): Promise<GpuSpec | undefined> {
  const text = await readText(path);
  const { value } = parseYamlDocument(text, path);
  if (isRecord(value) && 'gpu' in value) return undefined;
  return gpuSpec(parseStrict(gpuFileSchema, text, path));
}
