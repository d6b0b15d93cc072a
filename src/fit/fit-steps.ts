import type { BasisContext, BasisSet } from '../basis/basis-set.js';
import { TruelineError } from '../errors.js';
import { largestBatch } from '../trace/largest-batch.js';
import type { StepColumns, Trace } from '../trace/trace.js';
import { assembleLinearResult } from './assemble-result.js';
import type { FitResult } from './fit-result.js';
import { balanceGroups, RowCollector, type RowKind } from './fit-rows.js';
import { layOutTerms, type PriorOverrides, type TermLayout } from './fit-terms.js';
import { splitRuns } from './run-split.js';
import { resolveSolveOptions, solveFit, type SolveOptions } from './solve-fit.js';
import { StepFeatures } from './step-features.js';

/** One traced run and what was served in it. */
export interface StepRun {
  readonly id: string;
  readonly trace: Trace;
  readonly context: BasisContext;
}

export interface StepFitOptions extends SolveOptions {
  readonly priors?: PriorOverrides;
  /** Ids of runs that only score the fit. */
  readonly heldOut?: readonly string[];
}

/**
 * Fits step terms to measured step periods: one row per step whose period is known, decode-only and mixed, each run of
 * equal total weight. Sampled steps are fine: a row needs no neighbour. Front-end terms are not seen by steps and keep
 * their prior.
 * @throws TRACE_EMPTY when a run has no steps, SAMPLE_EMPTY when none of its steps has a period; FIT_INVALID and
 * KEY_UNKNOWN on bad options
 */
export function fitSteps(basis: BasisSet, runs: readonly StepRun[], options: StepFitOptions = {}): FitResult {
  const layout = layOutTerms(basis, options.priors);
  const solveOptions = resolveSolveOptions(options);
  const split = splitRuns(runs, options.heldOut);
  const collector = new RowCollector(layout);
  for (const run of split.used) addStepRows(basis, layout, run, collector);
  const heldOut = new RowCollector(layout);
  for (const run of split.heldOut) addStepRows(basis, layout, run, heldOut);
  const rows = balanceGroups(collector.rows());
  const solution = solveFit({ layout, rows }, solveOptions);
  const diagnostics = collector.diagnostics();
  const largest = largestBatch(split.used.map(stepsOf));
  const droppedByGroup = collector.droppedByGroup();
  const fit = {
    basis: basis.name,
    route: 'steps' as const,
    layout,
    rows,
    solution,
    diagnostics,
    droppedByGroup,
  };
  return assembleLinearResult({ ...fit, options: solveOptions, largestBatch: largest }, heldOut.rows());
}

const NO_PERIOD = {
  code: 'FIT_STEP_NO_PERIOD',
  message: 'steps whose period is unknown (the next step was not sampled)',
};

function addStepRows(basis: BasisSet, layout: TermLayout, run: StepRun, collector: RowCollector): void {
  const steps = stepsOf(run);
  const features = new StepFeatures(basis.compile(run.context), layout);
  const { freeStepCount } = layout;
  const valuesUs = new Float64Array(layout.free.length);
  let unknown = 0;
  for (let step = 0; step < steps.count; step++) {
    const observedUs = steps.periodUs[step]!;
    if (!(observedUs > 0)) {
      unknown++;
      continue;
    }
    features.read(steps, step);
    for (let j = 0; j < freeStepCount; j++) valuesUs[j] = features.current[j]!;
    const fixedUs = features.current[freeStepCount]!;
    collector.add({ group: run.id, kind: kindOf(steps, step), weight: 1, valuesUs, fixedUs, observedUs });
  }
  collector.drop(run.id, NO_PERIOD, unknown);
  if (unknown < steps.count) return;
  throw new TruelineError('SAMPLE_EMPTY', `no step of ${run.id} has a known period`, {
    hint: 'Periods need neighbouring step ids: trace every step, or sample in bursts.',
  });
}

const kindOf = (steps: StepColumns, step: number): RowKind =>
  steps.prefillTokens[step]! > 0 ? 'mixed-step' : 'decode-step';

function stepsOf({ id, trace }: StepRun): StepColumns {
  if (trace.steps !== undefined && trace.steps.count > 0) return trace.steps;
  throw new TruelineError('TRACE_EMPTY', `${id} holds no engine steps`, {
    hint: 'Record step traces, or fit its requests instead.',
  });
}
