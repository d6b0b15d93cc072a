import { randomStream } from '../random.js';
import type { CoefficientSet } from '../coefficients/coefficient-set.js';
import { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { Experiment, MeasuredStage } from '../trace/experiment.js';
import type { Refusal, Suite } from '../trace/suite.js';
import type { Diagnostic } from '../trace/trace.js';
import { calibrations } from './calibration.js';
import { cancellingRows } from './cancelling.js';
import { compareRows, peerTable, type PeerTable } from './compare-rows.js';
import { discordantPairs } from './discordant-pairs.js';
import { errorGroups } from './error-groups.js';
import { experimentResult } from './experiment-result.js';
import { intervalCoverages } from './intervals/interval-coverage.js';
import { labelRows } from './labelled-rows.js';
import { rankCeilings } from './rank-ceiling.js';
import { rankGroups } from './rank-groups.js';
import { replicateGroups } from './replicates.js';
import type { PlannedExperiment } from './replay-plan.js';
import type { ReplayOutcome } from './replay-outcome.js';
import type { ReplayResult } from './replay.js';
import type { ExperimentResult, NotSimulated, ValidationResult, ValidationRow } from './validation-result.js';

/** A planned experiment with one outcome per job. */
export interface ReplayedExperiment extends PlannedExperiment {
  readonly outcomes: readonly ReplayOutcome[];
}

/** What one experiment contributes to a result. */
interface Contribution {
  readonly results: readonly ExperimentResult[];
  readonly rows: readonly ValidationRow[];
  readonly missing: readonly NotSimulated[];
}

/** Why an experiment has no result: it could not be planned, or a replay ended. */
export function firstRefusal({ refusal, outcomes }: ReplayedExperiment): Refusal | undefined {
  if (refusal !== undefined) return refusal;
  for (const outcome of outcomes) if (!outcome.ok) return outcome.refusal;
  return undefined;
}

/** An experiment without a result, as results list it. */
export const refused = (experiment: Experiment, refusal: Refusal): NotSimulated => ({
  experiment: experiment.id,
  split: experiment.split,
  stage: 'all',
  ...refusal,
});

/** Measured stages that the replay does not have. */
function missingStages(experiment: Experiment, replays: readonly ReplayResult[]): NotSimulated[] {
  const lacks = ({ stage }: MeasuredStage): boolean =>
    replays.some((replay) => !replay.stages.some((entry) => entry.stage === stage));
  return experiment.measured.filter(lacks).map(({ stage }) => ({
    experiment: experiment.id,
    split: experiment.split,
    stage,
    code: 'WORKLOAD_INVALID',
    reason: `stage ${stage} was measured but is not in the workload`,
  }));
}

function contribution(replayed: ReplayedExperiment, peers: PeerTable, set: CoefficientSet): Contribution {
  const { experiment, outcomes, jobs } = replayed;
  const refusal = firstRefusal(replayed);
  if (refusal !== undefined) return { results: [], rows: [], missing: [refused(experiment, refusal)] };
  const replays = outcomes.flatMap((outcome) => (outcome.ok ? outcome.result : []));
  return {
    results: [experimentResult(experiment, replays, jobs[0]?.arch)],
    rows: compareRows(experiment, replays, peers, set.uncertainty),
    missing: missingStages(experiment, replays),
  };
}

/** What was noticed while reading the suite, and while replaying each experiment, counted once for all its seeds. */
function noticed(suite: Suite, replayed: readonly ReplayedExperiment[]): readonly Diagnostic[] {
  const log = new DiagnosticLog();
  log.addAll(suite.diagnostics);
  for (const { outcomes } of replayed) {
    const [first] = outcomes;
    if (first?.ok === true) log.addAll(first.result.diagnostics);
  }
  return log.list();
}

const measuredRows = (suite: Suite): number =>
  suite.experiments.reduce(
    (sum, experiment) =>
      sum + experiment.measured.reduce((n, { metrics }) => n + Object.keys(metrics).length, 0),
    0,
  );

/** Compares replays with what was measured. Pure; the same replays give the same bytes. */
export function compareSuite(
  suite: Suite,
  set: CoefficientSet,
  seeds: readonly number[],
  replayed: readonly ReplayedExperiment[],
): ValidationResult {
  const peers = peerTable(suite.peers);
  const parts = replayed.map((entry) => contribution(entry, peers, set));
  const experiments = parts.flatMap((part) => part.results);
  const rows = parts.flatMap((part) => part.rows);
  const labelled = labelRows(rows, experiments);
  const replicates = replicateGroups(suite.experiments);
  return {
    formatVersion: 1,
    suite: suite.name,
    suiteSource: suite.source,
    coefficientSet: set.name,
    basis: set.basis,
    seeds,
    coverage: {
      experiments: suite.experiments.length,
      experimentsReplayed: experiments.length,
      rows: measuredRows(suite),
      rowsCompared: rows.length,
    },
    notSimulated: parts.flatMap((part) => part.missing),
    experiments,
    rows,
    errors: errorGroups(labelled, randomStream(0, 'error intervals').uniform),
    calibrations: calibrations(labelled),
    intervals: intervalCoverages(labelled),
    ranks: rankGroups(labelled, randomStream(0, 'rank intervals').uniform),
    cancelling: cancellingRows(rows),
    replicates,
    discordantPairs: discordantPairs(labelled, replicates),
    rankCeilings: rankCeilings(labelled, replicates, randomStream(0, 'rank ceilings').uniform),
    diagnostics: noticed(suite, replayed),
  };
}
