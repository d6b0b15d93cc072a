import type { BasisContext, BasisSet } from '../basis/basis-set.js';
import type { LatencyModel } from '../coefficients/latency-model.js';
import { priceWith } from '../coefficients/price.js';
import type { Experiment, MeasuredStage } from '../trace/experiment.js';
import { largestBatch, type LargestBatch } from '../trace/largest-batch.js';
import type { StepColumns, Trace } from '../trace/trace.js';
import { msToUs } from '../units.js';
import { assertStepsPriced, unexplainedUs } from './check-timeline.js';
import type { DropReason, FitRow, RowKind } from './fit-rows.js';
import { coefficientsByName, type TermLayout } from './fit-terms.js';
import { leftHandSide, predictedUs, type LeftHandSide } from './left-hand-side.js';
import { FIRST_TOKEN_WEIGHT } from './row-weights.js';
import { addStageSums, type StageSums } from './stage-features.js';
import { timelineOf } from './timeline.js';

/**
 * Runs an experiment against a latency model. The trace must hold every step and, per request, the steps it arrived in,
 * was scheduled in, and got its first and last token from.
 */
export type Simulate = (experiment: Experiment, latency: LatencyModel, seed: number) => Trace;

/** What turns an experiment into rows. */
export interface Benchmarks {
  readonly basis: BasisSet;
  readonly layout: TermLayout;
  readonly contextOf: (experiment: Experiment) => BasisContext;
  readonly simulate: Simulate;
  /** One simulation each; their requests are pooled. */
  readonly seeds: readonly number[];
}

/** The rows of one experiment at given coefficients. */
export interface Linearised {
  readonly rows: readonly FitRow[];
  readonly dropped: readonly DropReason[];
  readonly largestBatch: LargestBatch;
}

/**
 * Simulates an experiment and writes what was measured of its stages as linear equations on the coefficients, the
 * simulated timeline frozen: mean time per token (weight 1) and mean TTFT (weight 0.4), shared out over the stages.
 * @param coefficients of the free terms, in column order
 * @throws FIT_INVALID when the simulated timeline disagrees with its own latency model
 */
export function linearise(
  benchmarks: Benchmarks,
  experiment: Experiment,
  coefficients: Float64Array,
): Linearised {
  const { sums, largest } = simulateStages(benchmarks, experiment, coefficients);
  const stages = experiment.measured.filter(({ stage }) => stage !== 'all');
  const rows: FitRow[] = [];
  const dropped: DropReason[] = [];
  for (const measured of stages) {
    const stage = sums.get(Number(measured.stage));
    const shares = { experiment, measured, weight: 1 / stages.length, coefficients };
    const found = stage === undefined ? [UNFINISHED] : stageRows(benchmarks.layout, stage, shares);
    for (const item of found) {
      if ('code' in item) dropped.push(item);
      else rows.push(item);
    }
  }
  if (stages.length === 0) dropped.push(NO_STAGES);
  return { rows, dropped, largestBatch: largest };
}

/** Requests that queue before admission, as a share, from which a stage counts as saturated. */
const SATURATED_RATIO = 0.1;

const NO_STAGES = {
  code: 'FIT_NO_STAGES',
  message: 'experiments without figures of single load stages',
};
const UNFINISHED = {
  code: 'FIT_STAGE_UNFINISHED',
  message: 'stages of which no request finishes in the simulation',
};
const SATURATED = {
  code: 'FIT_STAGE_SATURATED',
  message: 'TTFT of stages whose requests queue for admission in the simulation: not linear in step times',
};
const NOT_MEASURED = {
  code: 'FIT_NOT_MEASURED',
  message: 'mean TTFT or time per token of stages, not published',
};

interface StageShares {
  readonly experiment: Experiment;
  readonly measured: MeasuredStage;
  /** Weight of this stage in the fit. */
  readonly weight: number;
  readonly coefficients: Float64Array;
}

function stageRows(layout: TermLayout, stage: StageSums, shares: StageShares): (FitRow | DropReason)[] {
  const { itlMeanMs, ttftMeanMs } = shares.measured.metrics;
  const { firstTokens, decodes } = stage;
  const found: (FitRow | DropReason)[] = [];
  if (itlMeanMs === undefined || decodes === 0) found.push(NOT_MEASURED);
  else {
    const front = { per: 'outputToken', count: stage.tokensPerGap / decodes } as const;
    const lhs = leftHandSide(
      layout,
      stage.decodeFeatures.map((sum) => sum / decodes),
      front,
    );
    found.push(rowOf(shares, 'decode', lhs, stage.decodeUs / decodes, itlMeanMs));
  }
  if (ttftMeanMs === undefined) found.push(NOT_MEASURED);
  else if (stage.queued > SATURATED_RATIO * firstTokens) found.push(SATURATED);
  else {
    const front = { per: 'request', count: 1 } as const;
    const lhs = leftHandSide(
      layout,
      stage.firstTokenFeatures.map((sum) => sum / firstTokens),
      front,
    );
    found.push(rowOf(shares, 'ttft', lhs, stage.firstTokenUs / firstTokens, ttftMeanMs));
  }
  return found;
}

function rowOf(
  { experiment, measured, weight, coefficients }: StageShares,
  kind: RowKind,
  { valuesUs, fixedUs }: LeftHandSide,
  simulatedUs: number,
  measuredMs: number,
): FitRow {
  const name = `${experiment.id} stage ${measured.stage} ${kind}`;
  const restUs = unexplainedUs(name, simulatedUs, predictedUs({ valuesUs, fixedUs }, coefficients));
  return {
    group: experiment.id,
    kind,
    weight: kind === 'ttft' ? FIRST_TOKEN_WEIGHT * weight : weight,
    valuesUs,
    fixedUs: fixedUs + restUs,
    observedUs: msToUs(measuredMs),
  };
}

function simulateStages(
  { basis, layout, contextOf, simulate, seeds }: Benchmarks,
  experiment: Experiment,
  coefficients: Float64Array,
): { readonly sums: Map<number, StageSums>; readonly largest: LargestBatch } {
  const context = contextOf(experiment);
  const latency = priceWith(basis, coefficientsByName(layout, coefficients), context);
  const weights = Float64Array.of(...coefficients.subarray(0, layout.freeStepCount), 1);
  const { frontBeforeUs } = latency;
  const sums = new Map<number, StageSums>();
  const simulated: StepColumns[] = [];
  for (const seed of seeds) {
    const trace = simulate(experiment, latency, seed);
    const timeline = timelineOf({ name: experiment.id, trace, basis, context, layout, frontBeforeUs });
    assertStepsPriced(experiment.id, timeline.steps, timeline.cumulative, weights);
    addStageSums(timeline, trace, sums);
    simulated.push(timeline.steps);
  }
  return { sums, largest: largestBatch(simulated) };
}
