import type { RequestTraceWorkload, Workload } from '../../trace/experiment.js';
import type { StageKey } from '../../trace/metrics.js';
import { usToS } from '../../units.js';

/**
 * Requests per second that clients send, by stage; of the whole run (`all`) the most that any stage sends, since that one
 * decides whether queues grow. Empty where sending waits for responses, and for stages of one request.
 */
export function offeredRatesPerS(workload: Workload): ReadonlyMap<StageKey, number> {
  const rates = new Map<StageKey, number>(stageRates(workload));
  if (rates.size > 0) rates.set('all', Math.max(...rates.values()));
  return rates;
}

function stageRates(workload: Workload): (readonly [number, number])[] {
  if (workload.kind === 'request-trace') return recordedRates(workload);
  if (workload.kind === 'shared-prefix')
    return workload.stages.map(({ ratePerS }, stage) => [stage, ratePerS] as const);
  const { load, conversations } = workload;
  if (load.kind !== 'rate' || conversations !== undefined) return [];
  return load.stages.map(({ ratePerS }, stage) => [stage, ratePerS] as const);
}

/** Gaps between the requests of a stage ÷ the time from its first to its last. */
function recordedRates({ stage, arrivedAtUs }: RequestTraceWorkload): (readonly [number, number])[] {
  const spans = new Map<number, { gaps: number; firstUs: number; lastUs: number }>();
  arrivedAtUs.forEach((atUs, row) => {
    const span = spans.get(stage[row]!);
    if (span === undefined) spans.set(stage[row]!, { gaps: 0, firstUs: atUs, lastUs: atUs });
    else {
      span.gaps++;
      span.lastUs = atUs;
    }
  });
  return [...spans].flatMap(([key, { gaps, firstUs, lastUs }]) =>
    lastUs > firstUs ? [[key, gaps / usToS(lastUs - firstUs)] as const] : [],
  );
}
