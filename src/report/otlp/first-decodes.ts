import type { RequestColumns } from '../../trace/trace.js';

/**
 * Requests per step row that vLLM would count as prefill although they decode: with asynchronous scheduling a request's
 * first decode is scheduled before its first token is returned, and tracing calls "prefill" whatever has no returned
 * token (vLLM v0.15.1, scheduler.py `_emit_step_batch_summary`).
 */
export function firstDecodes(requests: RequestColumns, stepCount: number): Int32Array {
  const counts = new Int32Array(stepCount);
  for (let row = 0; row < requests.count; row++) {
    const firstTokenStep = requests.firstTokenStep?.[row] ?? -1;
    const decodeStep = firstTokenStep + 1;
    if (firstTokenStep < 0 || decodeStep >= stepCount || requests.outputTokens[row]! < 2) continue;
    counts[decodeStep]! += 1;
  }
  return counts;
}
