import type { GpuSpec } from '../../trace/gpu-spec.js';

/** Data this much larger than L2 is streamed from memory on every repeat, as in serving. */
const STREAMED_L2_RATIO = 1.1;
/** Data that memory delivers in less than this shows the launch floor, resident in L2 or not. */
const NEGLIGIBLE_US = 2.5;

/** A benchmark that reads these bytes over and over times the memory. */
export const isStreamed = (bytes: number, gpu: GpuSpec): boolean => bytes > STREAMED_L2_RATIO * gpu.l2Bytes;

/** A benchmark that reads these bytes over and over times the L2 cache and flatters the GPU. */
export const isL2Resident = (bytes: number, gpu: GpuSpec): boolean =>
  !isStreamed(bytes, gpu) && bytes / gpu.hbmBytesPerUs >= NEGLIGIBLE_US;
