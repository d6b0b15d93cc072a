/**
 * Is a run fit to fit? Each rule in `rules/` is one pure function over a `Trace`; `rules.ts` lists them, `lint-trace.ts`
 * runs them all, `saturation.ts` judges the load. Rules see nothing but the trace: what only a file can tell, an importer
 * says as a diagnostic.
 */
export { coverageLimits, type CoverageLimit } from './coverage-limits.js';
export { SEVERITIES, type Finding, type LintRule, type Severity } from './finding.js';
export { experimentTrace } from './experiment-trace.js';
export { lintSuite, type LintedRun } from './lint-suite.js';
export { lintTrace, type LintResult } from './lint-trace.js';
export { RULES } from './rules.js';
export { worstVerdict, type StageSaturation } from './saturation.js';
export type { LoadVerdict, SaturationSign } from './saturation-sign.js';
