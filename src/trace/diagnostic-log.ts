import type { Diagnostic } from './trace.js';

/** Collects diagnostics, adding up those with the same code; the first message of a code stands for all. */
export class DiagnosticLog {
  readonly #byCode = new Map<string, Diagnostic>();

  /** @param count rows (or keys, or files) concerned; 0 records nothing */
  add(kind: Diagnostic['kind'], code: string, message: string, count = 1): void {
    if (count === 0) return;
    const known = this.#byCode.get(code);
    this.#byCode.set(
      code,
      known === undefined ? { code, kind, count, message } : { ...known, count: known.count + count },
    );
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    for (const { kind, code, message, count } of diagnostics) this.add(kind, code, message, count);
  }

  /** In order of first appearance. */
  list(): readonly Diagnostic[] {
    return [...this.#byCode.values()];
  }
}
