import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { StageAggregate } from '../trace/trace.js';

const isFigure = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** A count of requests; 0 when it is none. */
const countOf = (value: number): number => (Number.isSafeInteger(value) && value >= 0 ? value : 0);

/** Stage aggregates without figures that cannot be (negative, infinite); those are counted. */
export function soundStages(stages: readonly StageAggregate[], log: DiagnosticLog): StageAggregate[] {
  let broken = 0;
  const sound = stages.map(({ requestedRatePerS, ...stage }): StageAggregate => {
    const metrics = Object.entries(stage.metrics).filter(([, value]) => isFigure(value));
    const [requests, failed] = [countOf(stage.requests), countOf(stage.failed)];
    const hasRate = requestedRatePerS !== undefined && isFigure(requestedRatePerS) && requestedRatePerS > 0;
    broken += Object.keys(stage.metrics).length - metrics.length;
    broken += (requests === stage.requests ? 0 : 1) + (failed === stage.failed ? 0 : 1);
    broken += requestedRatePerS === undefined || hasRate ? 0 : 1;
    return {
      ...stage,
      requests,
      failed,
      ...(hasRate ? { requestedRatePerS } : {}),
      metrics: Object.fromEntries(metrics),
    };
  });
  log.add('dropped', 'stage-impossible-figure', 'figures of load stages that cannot be', broken);
  return sound;
}
