import { coverageLimits, lintTrace } from '../../lint/index.js';
import { renderTraceSummary } from '../../report/index.js';
import type { Outcome } from '../outcome.js';
import { traceSummary } from '../trace-summary.js';
import { readTrace } from '../read-trace.js';

/** Shows what is in a measurement. @throws any code of `ingestPath` */
export async function inspect(path: string): Promise<Outcome> {
  const trace = await readTrace(path);
  return {
    text: (terminal) => renderTraceSummary(trace, terminal),
    json: () => ({ ...traceSummary(trace), lint: lintTrace(trace), determines: coverageLimits(trace) }),
    passed: true,
  };
}
