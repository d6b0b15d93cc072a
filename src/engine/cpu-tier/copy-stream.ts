/** Copies in one direction over the host link: one after the other, in the order they are submitted. */
export class CopyStream {
  readonly #copyUs: number;
  #freeUs = 0;

  /** @param copyUs time to copy one block */
  constructor(copyUs: number) {
    this.#copyUs = copyUs;
  }

  /** Copies blocks, not before an instant; returns when that is done. */
  copy(notBeforeUs: number, blocks: number): number {
    this.#freeUs = Math.max(this.#freeUs, notBeforeUs) + blocks * this.#copyUs;
    return this.#freeUs;
  }
}
