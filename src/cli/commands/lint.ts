import { lintTrace, RULES } from '../../lint/index.js';
import { renderLint } from '../../report/index.js';
import type { Outcome } from '../outcome.js';
import { readTrace } from '../read-trace.js';

/**
 * Checks a measurement against every rule; the check fails when a finding is an error.
 * @throws any code of `ingestPath`
 */
export async function lint(path: string): Promise<Outcome> {
  const trace = await readTrace(path);
  const result = lintTrace(trace);
  return {
    text: (terminal) => renderLint(path, result, terminal),
    json: () => ({
      path,
      source: trace.meta.source,
      requests: trace.requests.count,
      steps: trace.steps?.count ?? 0,
      reportedStages: trace.stages?.length ?? 0,
      rules: RULES.map(({ id }) => id),
      ...result,
    }),
    passed: result.counts.error === 0,
  };
}
