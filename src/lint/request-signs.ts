import type { RequestColumns } from '../trace/trace.js';
import type { LintSubject, StageRows } from './finding.js';
import { knownAt, median, outerThirds, quantile } from './samples.js';
import { seatsOf } from './seats.js';
import { shareOf, sign, type SaturationSign } from './saturation-sign.js';

/** Fewer requests than this say nothing about a trend. */
const FEWEST = 30;
/** A queue grew when its length differs from before by this many standard errors of a Poisson count. */
const SIGMAS = 4;

/** Rows of a stage whose end is known, in order of arrival. */
const ended = ({ finishedAtUs }: RequestColumns, rows: Int32Array): Int32Array =>
  rows.filter((row) => !Number.isNaN(finishedAtUs[row]!));

/** Requests of a stage that had arrived and not ended at an instant. */
const inFlightAt = ({ arrivedAtUs, finishedAtUs }: RequestColumns, rows: Int32Array, atUs: number): number =>
  rows.filter((row) => arrivedAtUs[row]! <= atUs && finishedAtUs[row]! > atUs).length;

/**
 * Share of the arriving load that piles up: growth of the requests in flight over the last two thirds of a stage's
 * arrivals ÷ those arrivals, less what chance explains. 0 where the server keeps up; 1 − capacity ÷ rate where it does not.
 */
function queueSlope(requests: RequestColumns, rows: Int32Array): number {
  if (rows.length < FEWEST) return NaN;
  const from = Math.floor(rows.length / 3);
  const [fromUs, toUs] = [requests.arrivedAtUs[rows[from]!]!, requests.arrivedAtUs[rows.at(-1)!]!];
  const [before, after] = [inFlightAt(requests, rows, fromUs), inFlightAt(requests, rows, toUs)];
  const certain = after - before - SIGMAS * Math.sqrt(before + after);
  return Math.max(0, certain) / (rows.length - 1 - from);
}

/** Time-average of the requests in flight while a stage's requests arrive. */
function meanInFlight({ arrivedAtUs, finishedAtUs }: RequestColumns, rows: Int32Array): number {
  if (rows.length < FEWEST) return NaN;
  const [fromUs, toUs] = [arrivedAtUs[rows[0]!]!, arrivedAtUs[rows.at(-1)!]!];
  let inFlightUs = 0;
  for (const row of rows) inFlightUs += Math.min(finishedAtUs[row]!, toUs) - arrivedAtUs[row]!;
  return inFlightUs / (toUs - fromUs);
}

/** Medians of TTFT, so that a cold start is no trend. */
function ttftSigns(ttftMs: Float64Array): SaturationSign[] {
  if (ttftMs.length < FEWEST) return [];
  const { first, last } = outerThirds(ttftMs);
  return [
    ...sign('TTFT drift', median(last) / median(first)),
    ...sign('TTFT p99 / p50', quantile(ttftMs, 0.99) / median(ttftMs)),
  ];
}

/** Signs of saturation in the requests of a stage. */
export function requestSigns(
  { trace, requests, durations }: LintSubject,
  { rows }: StageRows,
): SaturationSign[] {
  const { preemptions } = requests;
  const known = ended(requests, rows);
  return [
    ...ttftSigns(knownAt(durations.ttftMs, rows)),
    ...sign('queue slope', queueSlope(requests, known)),
    ...sign('in flight / seats', meanInFlight(requests, known) / seatsOf(trace.meta)),
    ...(preemptions === undefined
      ? []
      : sign(
          'preempted share',
          shareOf(rows, (row) => preemptions[row]! > 0),
        )),
  ];
}
