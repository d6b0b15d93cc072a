import { diagnosed } from '../diagnosed.js';
import type { LintRule, LintSubject, Sighting } from '../finding.js';
import { counted, shownPct } from '../show.js';

/** With fewer timed steps than coefficients times ten, the prior decides most of a fit. */
const FEW_TIMED = 50;
/** Steps that schedule nothing are no rows of a trace, so a few ids are always missing. */
const SAMPLED_RATIO = 0.9;

function sightings({ trace }: LintSubject): Sighting[] {
  const { steps } = trace;
  if (steps === undefined || steps.count === 0) return [];
  const ids = steps.id[steps.count - 1]! - steps.id[0]! + 1;
  const timed = steps.periodUs.filter((us) => us > 0).length;
  const lost = diagnosed(trace, 'otlp-events-lost');
  const figures = { recordedSteps: steps.count, stepIds: ids, timedSteps: timed };
  const timedText = `${counted(timed, 'step')} of ${steps.count} can be timed`;
  return [
    ...(steps.count > SAMPLED_RATIO * ids
      ? []
      : [
          {
            severity:
              timed === 0 ? ('error' as const) : timed < FEW_TIMED ? ('warning' as const) : ('note' as const),
            where: 'steps',
            found: `${shownPct(steps.count / ids)} of the steps ${steps.id[0]!} to ${steps.id[steps.count - 1]!} were recorded; ${timedText}`,
            figures,
          },
        ]),
    ...(lost === undefined
      ? []
      : [
          {
            severity: 'warning' as const,
            where: 'steps',
            found: `${counted(lost.count, 'event')} dropped by the tracer: the oldest steps of a span are missing`,
            figures: { lostEvents: lost.count },
          },
        ]),
  ];
}

/** vLLM's tracing samples 1 % of steps by default; a period needs neighbours. */
export const stepsSampled: LintRule = {
  id: 'steps-sampled',
  title: 'steps that were not recorded (gaps between step ids)',
  consequence:
    'Only steps whose neighbours were recorded have a period, and those are few; sums over steps are too low.',
  remedy: 'Trace with a sampling rate of 1.0 for steps, or fit to requests instead.',
  hasEvidence: ({ trace }) => (trace.steps?.count ?? 0) > 0,
  check: sightings,
};
