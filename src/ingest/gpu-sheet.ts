import { basename } from 'node:path';
import * as z from 'zod';
import { TruelineError } from '../errors.js';
import type { GpuSpec } from '../trace/gpu-spec.js';
import { perSecondToPerUs } from '../units.js';
import { checkShape } from '../text/check-shape.js';
import { parseYamlDocument, type ParsedDocument } from '../text/parse-document.js';
import { readText } from './read-file.js';

const positive = z.number().positive();

/** An AIConfigurator system file (`systems/<gpu>.yaml`); only the data-sheet figures are read. */
const systemSchema = z.object({
  gpu: z.object({
    mem_bw: positive,
    mem_capacity: positive,
    bfloat16_tc_flops: positive,
    fp8_tc_flops: positive.optional(),
    sm_version: positive,
  }),
  node: z.object({ intra_node_bw: positive }),
});

/** What a system file leaves out: the name the field uses, other spellings, and L2 from NVIDIA's data sheets. */
interface GpuFacts {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly l2Bytes: number;
}

const MIB = 2 ** 20;
const KNOWN_GPUS: Readonly<Record<string, GpuFacts>> = {
  h100_sxm: { name: 'H100', aliases: ['H100-SXM', 'h100_sxm', 'H100-80GB'], l2Bytes: 50 * MIB },
  h200_sxm: { name: 'H200', aliases: ['H200-SXM', 'h200_sxm'], l2Bytes: 50 * MIB },
  b200_sxm: { name: 'B200', aliases: ['B200-SXM', 'b200_sxm'], l2Bytes: 126 * MIB },
  a100_sxm: {
    name: 'A100-80GB',
    aliases: ['A100', 'A100-SXM', 'a100_sxm', 'A100-SXM4-80GB'],
    l2Bytes: 40 * MIB,
  },
  l40s: { name: 'L40S', aliases: ['l40s'], l2Bytes: 96 * MIB },
};

/**
 * The data sheet in an AIConfigurator system file. Its `mem_capacity` is the nominal size; drivers report a little less.
 * @param stem file name without extension, which names the GPU
 * @throws FORMAT_INVALID, GPU_UNKNOWN
 */
function parseGpuSheet(stem: string, document: ParsedDocument): GpuSpec {
  const { gpu, node } = checkShape(systemSchema, document);
  const facts = KNOWN_GPUS[stem];
  if (facts === undefined) {
    throw new TruelineError('GPU_UNKNOWN', `the L2 size of \`${stem}\` is not known`, {
      file: document.file,
      hint: `Name the file after one of: ${Object.keys(KNOWN_GPUS).join(', ')}; or write a sheet like those in coefficients/gpus.`,
    });
  }
  return {
    name: facts.name,
    aliases: facts.aliases,
    bf16FlopPerUs: perSecondToPerUs(gpu.bfloat16_tc_flops),
    ...(gpu.fp8_tc_flops === undefined ? {} : { fp8FlopPerUs: perSecondToPerUs(gpu.fp8_tc_flops) }),
    hbmBytesPerUs: perSecondToPerUs(gpu.mem_bw),
    memoryBytes: gpu.mem_capacity,
    linkBytesPerUs: perSecondToPerUs(node.intra_node_bw),
    l2Bytes: facts.l2Bytes,
    source: `ai-dynamo/aiconfigurator systems/${stem}.yaml`,
  };
}

/**
 * Reads an AIConfigurator system file (`h100_sxm.yaml`).
 * @throws FILE_NOT_FOUND, FORMAT_INVALID, GPU_UNKNOWN
 */
export async function readGpuSheet(path: string): Promise<GpuSpec> {
  const stem = basename(path).replace(/\.ya?ml$/u, '');
  return parseGpuSheet(stem, parseYamlDocument(await readText(path), path));
}
