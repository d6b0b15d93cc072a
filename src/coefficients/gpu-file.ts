import * as z from 'zod';
import type { GpuSpec } from '../trace/gpu-spec.js';
import { gibToBytes, perSecondToPerUs } from '../units.js';

const TERA = 1e12;
const GIGA = 1e9;
const MEGA = 1e6;

/** `coefficients/gpus/*.yaml`: a data sheet in the units data sheets use; decimal prefixes except GiB. */
export const gpuFileSchema = z.strictObject({
  name: z.string().min(1),
  aliases: z.array(z.string().min(1)),
  source: z.string().min(1),
  /** Dense. */
  bf16TflopPerS: z.number().positive(),
  fp8TflopPerS: z.exactOptional(z.number().positive()),
  hbmTbPerS: z.number().positive(),
  memoryGib: z.number().positive(),
  /** One direction. */
  linkGbPerS: z.number().positive(),
  l2Mb: z.number().positive(),
  /** PCIe or NVLink-C2C to host memory, one direction. */
  hostLinkGbPerS: z.exactOptional(z.number().positive()),
});

export type GpuFile = z.infer<typeof gpuFileSchema>;

/** The data sheet in Trueline's units (per µs, bytes). */
export function gpuSpec(file: GpuFile): GpuSpec {
  return {
    name: file.name,
    aliases: file.aliases,
    bf16FlopPerUs: perSecondToPerUs(file.bf16TflopPerS * TERA),
    ...(file.fp8TflopPerS === undefined ? {} : { fp8FlopPerUs: perSecondToPerUs(file.fp8TflopPerS * TERA) }),
    hbmBytesPerUs: perSecondToPerUs(file.hbmTbPerS * TERA),
    memoryBytes: gibToBytes(file.memoryGib),
    linkBytesPerUs: perSecondToPerUs(file.linkGbPerS * GIGA),
    l2Bytes: file.l2Mb * MEGA,
    ...(file.hostLinkGbPerS === undefined
      ? {}
      : { hostLinkBytesPerUs: perSecondToPerUs(file.hostLinkGbPerS * GIGA) }),
    source: file.source,
  };
}
