import type { LintRule, LintSubject, Sighting } from '../finding.js';
import { someKnown } from '../samples.js';
import { reportedStages, stageName } from '../reported-stages.js';
import { counted } from '../show.js';

/** A percentile p rests on the n·(1 − p) observations beyond it. */
const PERCENTILES = [
  { name: 'p99', tail: 0.01 },
  { name: 'p90', tail: 0.1 },
] as const;
/** With 10 beyond, a 95 % interval of p99 spans the sample’s p98.4 to p99.6 (binomial); with fewer it opens quickly. */
const ENOUGH_BEYOND = 10;

function sighting(where: string, requests: number): Sighting[] {
  const weak = PERCENTILES.filter(({ tail }) => requests * tail < ENOUGH_BEYOND);
  if (weak.length === 0 || requests === 0) return [];
  const unusable = PERCENTILES.filter(({ tail }) => requests * tail < 1);
  const says =
    unusable.length === 0
      ? `${weak.map(({ name }) => name).join(' and ')} rests on fewer than ${ENOUGH_BEYOND} of them`
      : `${unusable.map(({ name }) => name).join(' and ')} ${unusable.length === 1 ? 'is' : 'are'} no more than the slowest one`;
  return [
    {
      severity: unusable.length === 0 ? 'note' : 'warning',
      where,
      found: `${counted(requests, 'finished request')}: ${says}`,
      figures: { requests },
    },
  ];
}

function sightings({ trace, stages, durations }: LintSubject): Sighting[] {
  if (someKnown(durations.e2eMs)) {
    return stages.flatMap(({ stage, rows }) =>
      sighting(`stage ${stage}`, rows.filter((row) => !Number.isNaN(durations.e2eMs[row]!)).length),
    );
  }
  return reportedStages(trace).flatMap(({ stage, requests, failed = 0 }) =>
    sighting(stageName(stage), requests - failed),
  );
}

/** Percentiles that the run is too short for. */
export const tooFewRequests: LintRule = {
  id: 'too-few-requests',
  title: 'too few requests for the percentiles that are reported',
  consequence:
    'A repeat of the run would give another p99, so an error against it says nothing about the simulator.',
  remedy: 'Compare means, or run until 10 requests lie beyond the percentile: 1000 for p99, 100 for p90.',
  hasEvidence: () => true,
  check: sightings,
};
