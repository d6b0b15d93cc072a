import type { StepColumns } from '../trace/trace.js';
import type { LintSubject, StageRows } from './finding.js';
import { knownAt, mean, median, outerThirds, quantile } from './samples.js';

/** What a sign of saturation says by itself. `above`: latency is set by a queue. `near`: it is about to be. */
export type LoadVerdict = 'below' | 'near' | 'above';

/** One measured sign, with the values from which on it speaks. */
export interface SaturationSign {
  readonly name: string;
  readonly value: number;
  readonly nearFrom: number;
  readonly aboveFrom: number;
  readonly verdict: LoadVerdict;
}

/** A load stage (or the engine's steps, when there are no requests) and every sign that can be measured of it. */
export interface StageSaturation {
  readonly where: string;
  readonly verdict: LoadVerdict;
  readonly signs: readonly SaturationSign[];
}

/**
 * From which value on a sign speaks; docs/lint.md has the reasons. An infinite limit means that the sign alone cannot
 * carry that verdict.
 */
const LIMITS = {
  'TTFT drift': { nearFrom: 1.5, aboveFrom: 3 },
  'TTFT p99 / p50': { nearFrom: 10, aboveFrom: Infinity },
  'queued / running': { nearFrom: 0.01, aboveFrom: 0.2 },
  'waiting share': { nearFrom: 0.05, aboveFrom: 0.5 },
  'preempted share': { nearFrom: 0.01, aboveFrom: 0.25 },
  'seats full share': { nearFrom: 0.05, aboveFrom: 0.5 },
} as const;

/** Fewer requests or steps than this say nothing about a trend. */
const FEWEST = 30;
const ORDER: readonly LoadVerdict[] = ['below', 'near', 'above'];
const worst = (verdicts: readonly LoadVerdict[]): LoadVerdict =>
  ORDER[Math.max(0, ...verdicts.map((verdict) => ORDER.indexOf(verdict)))]!;

function sign(name: keyof typeof LIMITS, value: number): SaturationSign[] {
  if (!Number.isFinite(value)) return [];
  const limits = LIMITS[name];
  const verdict = value >= limits.aboveFrom ? 'above' : value >= limits.nearFrom ? 'near' : 'below';
  return [{ name, value, ...limits, verdict }];
}

const shareOf = (values: ArrayLike<number>, isHit: (value: number) => boolean): number => {
  let hits = 0;
  for (let i = 0; i < values.length; i++) if (isHit(values[i]!)) hits++;
  return hits / values.length;
};

/** Median TTFT of the last third of a stage's arrivals ÷ that of the first; medians, so that a cold start is no trend. */
function requestSigns({ requests, durations }: LintSubject, { rows }: StageRows): SaturationSign[] {
  const ttft = knownAt(durations.ttftMs, rows);
  const preempted = requests.preemptions;
  const { first, last } = outerThirds(ttft);
  return [
    ...(ttft.length < FEWEST ? [] : sign('TTFT drift', median(last) / median(first))),
    ...(ttft.length < FEWEST ? [] : sign('TTFT p99 / p50', quantile(ttft, 0.99) / median(ttft))),
    ...(preempted === undefined
      ? []
      : sign(
          'preempted share',
          shareOf(rows, (row) => preempted[row]! > 0),
        )),
  ];
}

/**
 * Mean of the queue ÷ mean of what runs, in the fullest quarter of the steps; by Little's law the time requests queue ÷ the
 * time they run. Quarters, because stages of a run differ and a queue drains when the load ends.
 */
function queuedOverRunning({ waiting, running, count }: StepColumns): number {
  const quarter = Math.floor(count / 4);
  const ratios = [0, 1, 2, 3].map((i) => {
    const [from, to] = [i * quarter, (i + 1) * quarter];
    return mean(waiting.subarray(from, to)) / mean(running.subarray(from, to));
  });
  return Math.max(...ratios.filter(Number.isFinite));
}

/** Queue and seats as the scheduler saw them. */
function stepSigns({ trace }: LintSubject): SaturationSign[] {
  const { steps, meta } = trace;
  if (steps === undefined || steps.count < FEWEST || steps.waiting.every((waiting) => waiting < 0)) return [];
  const seats = meta.server?.maxNumSeqs;
  return [
    ...sign('queued / running', queuedOverRunning(steps)),
    ...sign(
      'waiting share',
      shareOf(steps.waiting, (queued) => queued > 0),
    ),
    ...(seats === undefined
      ? []
      : sign(
          'seats full share',
          shareOf(steps.running, (n) => n >= seats),
        )),
  ];
}

const stageVerdict = (where: string, signs: readonly SaturationSign[]): StageSaturation[] =>
  signs.length === 0 ? [] : [{ where, verdict: worst(signs.map(({ verdict }) => verdict)), signs }];

/** Where each load stage, and the engine over the whole run, lies relative to the knee of its latency curve. */
export const saturationOf = (subject: LintSubject): readonly StageSaturation[] => [
  ...subject.stages.flatMap((stage) => stageVerdict(`stage ${stage.stage}`, requestSigns(subject, stage))),
  ...stageVerdict('steps', stepSigns(subject)),
];
