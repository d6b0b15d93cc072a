import type { Diagnostic, Trace } from '../trace/trace.js';

/** What an importer noticed under a code, if it did. */
export const diagnosed = (trace: Trace, code: string): Diagnostic | undefined =>
  trace.diagnostics.find((entry) => entry.code === code);
