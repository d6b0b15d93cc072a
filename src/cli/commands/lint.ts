import { lintSuite, lintTrace, RULES, type LintedRun } from '../../lint/index.js';
import { renderLint, renderLintedRuns, type LintedRuns } from '../../report/index.js';
import type { Trace } from '../../trace/trace.js';
import type { Outcome } from '../outcome.js';
import { readMeasurements, summariseRuns } from '../read-measurements.js';

const RULE_IDS = RULES.map(({ id }) => id);

/**
 * Checks a measurement, every experiment of a suite or every run of a folder against every rule; the check fails when a
 * finding is an error, or one of several runs cannot be read.
 * @throws any code of `ingestPath` and `readSuite`
 */
export async function lint(path: string): Promise<Outcome> {
  const found = await readMeasurements(path);
  if (found.kind === 'run') return lintRun(path, found.trace);
  if (found.kind === 'suite')
    return lintRuns({ path, noun: 'experiment', linted: lintSuite(found.suite), refused: [] });
  const { summaries, refused } = await summariseRuns(path, found, (run, trace): LintedRun => ({
    run,
    result: lintTrace(trace),
  }));
  return lintRuns({ path, noun: 'run', linted: summaries, refused });
}

function lintRun(path: string, trace: Trace): Outcome {
  const result = lintTrace(trace);
  return {
    text: (terminal) => renderLint(path, trace, result, terminal),
    json: () => ({
      path,
      source: trace.meta.source,
      requests: trace.requests.count,
      steps: trace.steps?.count ?? 0,
      reportedStages: trace.stages?.length ?? 0,
      rules: RULE_IDS,
      ...result,
    }),
    passed: result.counts.error === 0,
  };
}

function lintRuns(runs: LintedRuns): Outcome {
  const { path, noun, linted, refused } = runs;
  return {
    text: (terminal) => renderLintedRuns(runs, terminal),
    json: () => ({
      path,
      rules: RULE_IDS,
      [`${noun}s`]: linted.map(({ run, result }) => ({ [noun]: run, ...result })),
      refused: refused.map(({ run, refusal }) => ({
        [noun]: run,
        code: refusal.code,
        message: refusal.message,
      })),
    }),
    passed: refused.length === 0 && linted.every(({ result }) => result.counts.error === 0),
  };
}
