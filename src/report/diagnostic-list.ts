import type { Diagnostic } from '../trace/trace.js';
import { heading, list, paragraph, type Block } from './document.js';

/** Everything that was dropped, repaired or doubted, with counts; says so when there was nothing. */
export function diagnosticList(title: string, diagnostics: readonly Diagnostic[]): Block[] {
  if (diagnostics.length === 0) {
    return [heading(2, title), paragraph('Nothing was dropped, repaired or doubted.', 'good')];
  }
  const items = diagnostics.map((entry) => `${entry.kind} ${entry.count}: ${entry.message} [${entry.code}]`);
  return [
    heading(2, title),
    list(items, diagnostics.some((entry) => entry.kind === 'dropped') ? 'bad' : 'plain'),
  ];
}
