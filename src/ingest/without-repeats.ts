import type { DiagnosticLog } from '../trace/diagnostic-log.js';

/**
 * Results that are not known already: tools write the same ones to several files (a sweep to its runs and its summary,
 * GuideLLM to JSON and YAML). What is left out is counted.
 */
export function withoutRepeats(
  found: readonly unknown[],
  known: readonly unknown[],
  log: DiagnosticLog,
): unknown[] {
  const texts = new Set(known.map((result) => JSON.stringify(result)));
  const fresh = found.filter((result) => !texts.has(JSON.stringify(result)));
  log.add('repaired', 'result-repeated', 'results that a second file repeats', found.length - fresh.length);
  return fresh;
}
