import { TruelineError } from '../../errors.js';
import type { RequestTraceWorkload } from '../../trace/experiment.js';
import { FINISHED } from '../../trace/request-durations.js';
import type { Trace } from '../../trace/trace.js';

/**
 * A trace's requests as they were sent. Requests that did not finish still took part: where their counts are unknown
 * they count one token.
 * @param file the trace, for messages
 * @throws TRACE_INVALID when a finished request has no token counts
 */
export function requestTraceWorkload({ requests }: Trace, file: string): RequestTraceWorkload {
  const { count, arrivedAtUs, promptTokens, outputTokens, status, stage } = requests;
  const unknown = status.findIndex(
    (value, row) => value === FINISHED && (promptTokens[row]! < 1 || outputTokens[row]! < 1),
  );
  if (unknown !== -1)
    throw new TruelineError(
      'TRACE_INVALID',
      `request ${unknown} finished, but its token counts are not known`,
      { file, hint: 'A replay needs the prompt and output tokens of every finished request.' },
    );
  const firstFree = 1 + (requests.promptId?.reduce((largest, value) => Math.max(largest, value), -1) ?? -1);
  return {
    kind: 'request-trace',
    arrivedAtUs,
    promptTokens: atLeastOne(promptTokens),
    outputTokens: atLeastOne(outputTokens),
    // A prompt whose id is not known shares nothing with any other.
    promptId: Int32Array.from({ length: count }, (_, row) =>
      knownOr(requests.promptId?.[row], firstFree + row),
    ),
    stage,
  };
}

const knownOr = (value: number | undefined, otherwise: number): number =>
  value === undefined || value < 0 ? otherwise : value;

const atLeastOne = (tokens: Int32Array): Int32Array => tokens.map((value) => Math.max(1, value));
