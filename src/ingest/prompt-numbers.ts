/** Gives every distinct prompt text the number of its first appearance. */
export class PromptNumbers {
  readonly #numbers = new Map<string, number>();

  /** Undefined for a prompt that is not known. */
  of(text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}
