import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { StageAggregate } from '../trace/trace.js';

const isFigure = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** A count of requests; 0 when it is none. */
const countOf = (value: number): number => (Number.isSafeInteger(value) && value >= 0 ? value : 0);

/** Whether each optional figure can be; requests may leave a client early. */
const OPTIONAL_FIGURES = [
  ['failed', (count: number): boolean => countOf(count) === count],
  ['requestedRatePerS', (rate: number): boolean => isFigure(rate) && rate > 0],
  ['meanOutputTokens', isFigure],
  ['sendLagMeanMs', Number.isFinite],
  ['sendLagP99Ms', Number.isFinite],
] as const;

/** Stage aggregates without figures that cannot be (negative, infinite); those are counted. */
export function soundStages(stages: readonly StageAggregate[], log: DiagnosticLog): StageAggregate[] {
  let broken = 0;
  const sound = stages.map(({ stage, requests, metrics, ...optional }): StageAggregate => {
    const kept = Object.entries(metrics).filter(([, value]) => isFigure(value));
    const known = OPTIONAL_FIGURES.flatMap(([name, canBe]) => {
      const value = optional[name];
      return value !== undefined && canBe(value) ? [[name, value] as const] : [];
    });
    const sent = countOf(requests);
    broken += Object.keys(metrics).length - kept.length + Object.keys(optional).length - known.length;
    broken += sent === requests ? 0 : 1;
    return { stage, requests: sent, ...Object.fromEntries(known), metrics: Object.fromEntries(kept) };
  });
  log.add('dropped', 'stage-impossible-figure', 'figures of load stages that cannot be', broken);
  return sound;
}
