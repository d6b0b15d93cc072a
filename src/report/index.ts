/**
 * Text only: results in, strings out. Reading order: `document` (a report before it has a form), `render-terminal`,
 * `render-markdown`, `render-latex` and `html/` (its forms), `charts/` (its pictures), `format` (how numbers look), then one
 * folder per report. `run-folder` writes a
 * simulated trace as vLLM's own tracing (`otlp/`) and as a timeline (`perfetto/`), `trace-v2/` any trace's requests in
 * BLIS's format.
 */
export { drawFigures } from './charts/draw-figures.js';
export { renderComparisonCsv } from './comparison/comparison-csv.js';
export { comparisonReport } from './comparison/comparison-report.js';
export type { Block, FigureBlock, ReportDocument } from './document.js';
export { renderHtml, type HtmlOptions } from './html/render-html.js';
export { renderLatex } from './render-latex.js';
export { renderMarkdown, type FigurePath } from './render-markdown.js';
export { renderFitMarkdown, renderFitTerminal } from './fit/fit-report.js';
export { renderRecovery } from './fit/recovery-report.js';
export { renderGateAnnotations, withoutCommands } from './gate/gate-annotations.js';
export { renderGateJunit } from './gate/gate-junit.js';
export { renderGateMarkdown, renderGateTerminal } from './gate/gate-report.js';
export { renderKernelFit, renderKernelFitMarkdown } from './kernels/kernel-fit-report.js';
export { renderLintedRuns, type LintedRuns } from './lint/lint-runs-report.js';
export { renderLint } from './lint/lint-report.js';
export { renderOtlp } from './otlp/render-otlp.js';
export { renderPerfetto } from './perfetto/render-perfetto.js';
export { renderPredictions } from './record/predictions-report.js';
export { renderTerminal, type TerminalOptions } from './render-terminal.js';
export { renderRunFolder, RUN_FOLDER_FILES } from './run-folder.js';
export { renderSimulation } from './simulation/simulation-report.js';
export { renderSweepCsv, sweepReport } from './sweep/sweep-report.js';
export { renderChunkTimes } from './trace-v2/render-chunk-times.js';
export { renderTraceV2, type TraceV2 } from './trace-v2/render-trace-v2.js';
export type { TrialFit } from './trace/trial-fit-section.js';
export { runCard, type RunCard } from './trace/run-card.js';
export { renderRunsOverview, type RunCards } from './trace/runs-overview.js';
export { renderTraceSummary, renderTraceSummaryMarkdown } from './trace/trace-summary.js';
export { renderValidationCsv } from './validation/validation-csv.js';
export { drillDown } from './validation/drill-down.js';
export {
  renderValidationMarkdown,
  renderValidationTerminal,
  validationReport,
} from './validation/validation-report.js';
