import type { CompiledBasis } from '../basis/basis-set.js';
import { TruelineError } from '../errors.js';
import { BATCH_FIELDS, emptyBatch, type BatchShape } from '../trace/batch-shape.js';
import type { StepColumns } from '../trace/trace.js';
import type { TermLayout } from './fit-terms.js';

/** Context per decode at which the slope of an affine basis is taken; any two values would do. */
const PROBE_CONTEXT_TOKENS = 1024;

/**
 * Prices single steps in the columns of a fit: µs per unit of each free step term, then the µs of all fixed step terms
 * together. Holds scratch space: one instance per loop.
 */
export class StepFeatures {
  /** Free step terms + 1. */
  readonly width: number;
  /** The features of the step read last, length `width`. */
  readonly current: Float64Array;
  readonly #basis: CompiledBasis;
  readonly #layout: TermLayout;
  readonly #values: Float64Array;
  readonly #batch: BatchShape = emptyBatch();
  /** By number of decodes: features at no context, then their slopes per context token. */
  readonly #decodeOnly = new Map<number, Float64Array>();

  constructor(basis: CompiledBasis, layout: TermLayout) {
    this.#basis = basis;
    this.#layout = layout;
    this.#values = new Float64Array(layout.stepTermCount);
    this.width = layout.freeStepCount + 1;
    this.current = new Float64Array(this.width);
  }

  /**
   * Reads the batch of row `step` and fills `current`.
   * @throws FIT_INVALID when the basis gives a number that is not finite
   */
  read(steps: StepColumns, step: number): void {
    if (this.#basis.affineInDecodeContext === true && steps.prefillRequests[step] === 0) {
      this.#readDecodeOnly(steps.decodeRequests[step]!, steps.decodeContextTokens[step]!);
    } else {
      for (const field of BATCH_FIELDS) this.#batch[field] = steps[field][step]!;
      this.#evaluate();
    }
    let sum = 0;
    for (let j = 0; j < this.width; j++) sum += this.current[j]!;
    if (!Number.isFinite(sum)) this.#refuse(steps.id[step]!);
  }

  #readDecodeOnly(decodeRequests: number, contextTokens: number): void {
    let line = this.#decodeOnly.get(decodeRequests);
    if (line === undefined) {
      line = this.#decodeLine(decodeRequests);
      this.#decodeOnly.set(decodeRequests, line);
    }
    for (let j = 0; j < this.width; j++) {
      this.current[j] = line[j]! + line[this.width + j]! * contextTokens;
    }
  }

  #decodeLine(decodeRequests: number): Float64Array {
    const line = new Float64Array(2 * this.width);
    const near = decodeRequests;
    const far = decodeRequests * PROBE_CONTEXT_TOKENS;
    this.#evaluateDecodes(decodeRequests, near);
    line.set(this.current);
    this.#evaluateDecodes(decodeRequests, far);
    for (let j = 0; j < this.width; j++) {
      const slope = (this.current[j]! - line[j]!) / (far - near);
      line[this.width + j] = slope;
      line[j]! -= slope * near;
    }
    return line;
  }

  #evaluateDecodes(decodeRequests: number, decodeContextTokens: number): void {
    Object.assign(this.#batch, emptyBatch(), { decodeRequests, decodeContextTokens });
    this.#evaluate();
  }

  #evaluate(): void {
    this.#basis.evaluate(this.#batch, this.#values);
    const { terms, free, freeStepCount, stepTermCount } = this.#layout;
    let fixedUs = 0;
    let column = 0;
    for (let term = 0; term < stepTermCount; term++) {
      const value = this.#values[term]!;
      if (column < freeStepCount && free[column] === term) this.current[column++] = value;
      else fixedUs += terms[term]!.prior.mean * value;
    }
    this.current[freeStepCount] = fixedUs;
  }

  #refuse(stepId: number): never {
    const term = this.#values.findIndex((value) => !Number.isFinite(value));
    throw new TruelineError(
      'FIT_INVALID',
      `term "${this.#layout.terms[term]?.name ?? ''}" is not a finite number at step ${stepId}`,
      { hint: 'Check the batch columns of that step and the model architecture.' },
    );
  }
}
