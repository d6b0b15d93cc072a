import type { LatencyModel } from '../coefficients/latency-model.js';

type FirstUse = LatencyModel['firstUse'];

/** The kernels one server has compiled so far. */
export class CompiledKernels {
  readonly #firstUse: FirstUse;
  readonly #compiled = new Set<number>();

  constructor(firstUse: FirstUse) {
    this.#firstUse = firstUse;
    if (firstUse !== undefined) this.#compiled.add(firstUse.profiledKernel);
  }

  /** Whether every batch of at most so many tokens finds its kernel, whatever came before. */
  isReady(tokens: number): boolean {
    return this.#firstUse === undefined || tokens <= this.#firstUse.readyTokens;
  }

  /** Host time to compile what a batch needs, in µs; 0 when that was done before. */
  compileUs(tokens: number): number {
    if (this.#firstUse === undefined || this.isReady(tokens)) return 0;
    const kernel = this.#firstUse.kernelOf(tokens);
    if (this.#compiled.has(kernel)) return 0;
    this.#compiled.add(kernel);
    return this.#firstUse.compileUs;
  }
}
