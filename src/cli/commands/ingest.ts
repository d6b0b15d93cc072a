import { TruelineError } from '../../errors.js';
import { lintTrace, type LintResult } from '../../lint/index.js';
import { diagnosticList } from '../../report/diagnostic-list.js';
import { paragraph, type ReportDocument } from '../../report/document.js';
import { lintVerdict } from '../../report/lint/findings.js';
import { renderTerminal } from '../../report/render-terminal.js';
import type { Trace } from '../../trace/trace.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { checkTraceDestination, writeTraceFolder } from '../trace-folder.js';
import { traceSummary } from '../trace-summary.js';
import { readTrace } from '../read-trace.js';

/** Options of `trueline ingest`. */
export interface IngestOptions extends CommonOptions {
  readonly out: string;
  readonly strict?: true;
  readonly force?: true;
}

/**
 * Reads a measurement and writes it as a normalised trace folder.
 * @throws FILE_EXISTS before anything is read; STRICT_DROPPED; any code of `ingestPath`
 */
export async function ingest(path: string, options: IngestOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  checkTraceDestination(options.out, write);
  const trace = await readTrace(path);
  if (options.strict === true) refuseDropped(path, trace);
  writeTraceFolder(options.out, trace, write);
  const result = lintTrace(trace);
  return {
    text: (terminal) => renderTerminal(ingestReport(path, trace, options.out, result), terminal),
    json: () => ({ out: options.out, ...traceSummary(trace), lint: result }),
    passed: true,
  };
}

/** @throws STRICT_DROPPED when reading left anything out */
function refuseDropped(path: string, { diagnostics }: Trace): void {
  const dropped = diagnostics.filter((entry) => entry.kind === 'dropped');
  if (dropped.length === 0) return;
  const found = dropped.map((entry) => `${entry.count} ${entry.message}`).join('; ');
  throw new TruelineError('STRICT_DROPPED', `not everything can be used: ${found}`, {
    file: path,
    hint: 'Leave out --strict to go on without these.',
  });
}

/** What was read, what was noticed, and where it is now. */
function ingestReport(path: string, trace: Trace, out: string, lint: LintResult): ReportDocument {
  const { meta, requests, steps, stages, diagnostics } = trace;
  const served = [meta.model, meta.gpu && `on ${meta.gpu}`].filter(Boolean).join(' ');
  return [
    paragraph(
      `Read ${path} (${meta.source}${served === '' ? '' : `, ${served}`}): ` +
        `${requests.count} requests, ${steps?.count ?? 0} engine steps, ` +
        `${stages?.length ?? 0} reported stages, ${meta.clock} clock.`,
    ),
    ...diagnosticList('Noticed while reading', diagnostics),
    lintVerdict(lint, trace),
    paragraph(
      `Wrote ${out}. Look at it with \`trueline inspect ${out}\`, or only at what is wrong with \`trueline lint ${out}\`.`,
    ),
  ];
}
