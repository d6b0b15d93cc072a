import type { StageKey } from '../trace/metrics.js';
import type { StageAggregate, Trace } from '../trace/trace.js';

/** What the source aggregated: single stages where it did, else the whole run. */
export function reportedStages({ stages = [] }: Trace): readonly StageAggregate[] {
  const single = stages.filter(({ stage }) => stage !== 'all');
  return single.length > 0 ? single : stages;
}

/** A stage as findings name it. */
export const stageName = (stage: StageKey): string => (stage === 'all' ? 'run' : `stage ${stage}`);
