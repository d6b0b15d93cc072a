import type { Trace } from '../trace/trace.js';
import { renderExperimentConfig } from './otlp/experiment-config.js';
import { renderOtlp } from './otlp/render-otlp.js';
import { renderPerfetto } from './perfetto/render-perfetto.js';

/** Every file of a run folder. */
export const RUN_FOLDER_FILES = ['exp-config.yaml', 'perfetto.json', 'traces.json'] as const;

/**
 * A simulated run as a folder like those recorded with vLLM: `traces.json` (its own traces) and `exp-config.yaml` (how it
 * was started), which an importer reads back, and `perfetto.json`, a timeline to look at. Parts of each file's text in
 * order, made as they are asked for: a long run does not fit into a string.
 * @throws TRACE_INVALID, once parts are asked for, when the trace is not a simulated one with its steps
 */
export const renderRunFolder = (
  trace: Trace,
): Readonly<Record<(typeof RUN_FOLDER_FILES)[number], Iterable<string>>> => ({
  'exp-config.yaml': [renderExperimentConfig(trace.meta)],
  'perfetto.json': withLineBreaks(renderPerfetto(trace)),
  'traces.json': withLineBreaks(renderOtlp(trace)),
});

function* withLineBreaks(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}
