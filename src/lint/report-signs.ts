import type { StageAggregate } from '../trace/trace.js';
import { msToUs, usToS } from '../units.js';
import type { LintSubject } from './finding.js';
import { reportedStages } from './reported-stages.js';
import { seatsOf } from './seats.js';
import { sign, type SaturationSign } from './saturation-sign.js';

const rateOf = ({ requestedRatePerS = NaN }: StageAggregate): number => requestedRatePerS;

/** The stage with the lowest rate that another may be held against; undefined when all have the same. */
function lowestRate(stages: readonly StageAggregate[], stage: StageAggregate): StageAggregate | undefined {
  const slower = stages.filter((other) => rateOf(other) < rateOf(stage));
  return slower.toSorted((a, b) => rateOf(a) - rateOf(b))[0];
}

/**
 * Signs of saturation in what a source reports of a stage: the tail, how far TTFT rose over the stage with the lowest rate
 * (larger batches double it at most, a queue does more), and by Little's law (rate · E2E) the requests in flight.
 */
export function reportSigns({ trace }: LintSubject, stage: StageAggregate): SaturationSign[] {
  const { ttftMeanMs = NaN, ttftP50Ms = NaN, ttftP99Ms = NaN, e2eMeanMs = NaN } = stage.metrics;
  const calm = lowestRate(reportedStages(trace), stage);
  return [
    ...sign('TTFT p99 / p50', ttftP99Ms / ttftP50Ms),
    ...sign('TTFT over lowest rate', ttftMeanMs / (calm?.metrics['ttftMeanMs'] ?? NaN)),
    ...sign('in flight / seats', (rateOf(stage) * usToS(msToUs(e2eMeanMs))) / seatsOf(trace.meta)),
  ];
}
