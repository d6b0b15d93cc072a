/** A GPU's data sheet: dense (not sparse) peaks. Shipped sheets are in `coefficients/gpus`. */
export interface GpuSpec {
  /** Canonical name, e.g. `H100`, `A100-80GB`, `L40S`. */
  readonly name: string;
  /** Other spellings that mean this GPU. */
  readonly aliases: readonly string[];
  readonly bf16FlopPerUs: number;
  /** Absent when the GPU has no FP8 tensor cores. */
  readonly fp8FlopPerUs?: number;
  readonly hbmBytesPerUs: number;
  /** Memory as the driver reports it to vLLM, in bytes. */
  readonly memoryBytes: number;
  /** GPU to GPU, one direction. */
  readonly linkBytesPerUs: number;
  readonly l2Bytes: number;
  /** GPU to host memory, one direction; what a CPU tier of the KV cache is priced by. */
  readonly hostLinkBytesPerUs?: number;
  readonly source: string;
}
