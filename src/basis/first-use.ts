/**
 * Kernels that a server compiles when a batch first needs them. Compiling takes the host, so steps wait; it is no part of a step's
 * GPU time. The engine keeps account of what is compiled.
 */
export interface FirstUse {
  /** Batches of at most so many tokens find every kernel ready: CUDA graphs were captured for them. */
  readonly readyTokens: number;
  /** Kernel that a batch of so many tokens runs; equal numbers are one kernel. */
  readonly kernelOf: (tokens: number) => number;
  /** The kernel that the profiling run has compiled at start-up. */
  readonly profiledKernel: number;
  /** Host time to compile one, in µs. */
  readonly compileUs: number;
}
