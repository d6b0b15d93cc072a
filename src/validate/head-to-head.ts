import { mean } from 'simple-statistics';
import { randomStream } from '../random.js';
import { bootstrapInterval, type Interval } from '../stats/bootstrap.js';
import { errorPct } from '../stats/relative-error.js';
import { METRIC_NAMES, type MetricName, type StageKey } from '../trace/metrics.js';
import type { ExperimentResult, GroupKind, ValidationResult } from './validation-result.js';

/** A validation under the name by which it is compared. */
export interface NamedResult {
  readonly name: string;
  readonly result: ValidationResult;
}

/** One measurement and what every contender predicted for it. */
export interface ComparedFigure {
  readonly experiment: string;
  readonly stage: StageKey;
  readonly metric: MetricName;
  readonly measuredMs: number;
  /** Signed errors by contender, in %; peers that did not predict the figure are absent. */
  readonly errorsPct: Readonly<Record<string, number>>;
}

/** One contender against the first one, on the whole runs of a group that both predicted. */
export interface HeadToHead {
  readonly by: GroupKind | 'all';
  readonly group: string;
  readonly metric: MetricName;
  readonly challenger: string;
  readonly n: number;
  readonly baselineMapePct: number;
  readonly challengerMapePct: number;
  /** 90 % bootstrap interval, over the runs, of the mean of |challenger's error| − |baseline's error|, in points. */
  readonly differenceInterval?: Interval;
  /** Runs on which the challenger is closer, and on which the baseline is. */
  readonly wins: number;
  readonly losses: number;
}

/** What one validation compares and another one lacks, or measured differently: in no figure of the comparison. */
export interface LeftOut {
  readonly name: string;
  readonly figures: number;
  /** Experiments none of whose figures is left. */
  readonly experiments: readonly string[];
}

/** Validations of the same measurements side by side: plain data, ready for JSON. */
export interface Comparison {
  readonly formatVersion: 1;
  readonly baseline: string;
  /** The other validations by name, then the peers of the first. */
  readonly challengers: readonly string[];
  readonly coefficientSets: Readonly<Record<string, string>>;
  readonly experiments: readonly ExperimentResult[];
  readonly figures: readonly ComparedFigure[];
  /** What each validation has and the comparison does not; validations that lose nothing are absent. */
  readonly leftOut: readonly LeftOut[];
  readonly headToHeads: readonly HeadToHead[];
}

const keyOf = (row: {
  experiment: string;
  stage: StageKey;
  metric: MetricName;
  measuredMs: number;
}): string => JSON.stringify([row.experiment, row.stage, row.metric, row.measuredMs]);

/** The figures that all validations compare with the same measurement. */
function sharedFigures([first, ...others]: readonly [NamedResult, ...NamedResult[]]): ComparedFigure[] {
  const lookups = others.map(({ name, result }) => ({
    name,
    rows: new Map(result.rows.map((row) => [keyOf(row), row])),
  }));
  return first.result.rows.flatMap((row) => {
    const { experiment, stage, metric, measuredMs } = row;
    const found = lookups.flatMap(({ name, rows }) => {
      const other = rows.get(keyOf(row));
      return other === undefined ? [] : [[name, other.errorPct] as const];
    });
    if (found.length < others.length) return [];
    const peers = Object.entries(row.peersMs).map(([peer, ms]) => [peer, errorPct(ms, measuredMs)] as const);
    const errorsPct = Object.fromEntries([...peers, [first.name, row.errorPct], ...found]);
    return { experiment, stage, metric, measuredMs, errorsPct };
  });
}

/** What is left out of each validation, for want of a partner. */
function leftOutOf(results: readonly NamedResult[], figures: readonly ComparedFigure[]): LeftOut[] {
  const kept = new Set(figures.map(keyOf));
  const keptExperiments = new Set(figures.map(({ experiment }) => experiment));
  return results.flatMap(({ name, result }) => {
    const lost = result.rows.filter((row) => !kept.has(keyOf(row)));
    const lostExperiments = lost.map(({ experiment }) => experiment).filter((id) => !keptExperiments.has(id));
    return lost.length === 0
      ? []
      : [{ name, figures: lost.length, experiments: [...new Set(lostExperiments)] }];
  });
}

type Duel = readonly [baselinePct: number, challengerPct: number];

function scoreDuels(
  duels: readonly Duel[],
  streamName: string,
): Omit<HeadToHead, 'by' | 'group' | 'metric' | 'challenger'> {
  const gaps = duels.map(([baseline, challenger]) => challenger - baseline);
  const interval = bootstrapInterval(
    gaps,
    (sample) => mean([...sample]),
    randomStream(0, streamName).uniform,
  );
  return {
    n: duels.length,
    baselineMapePct: mean(duels.map(([baseline]) => baseline)),
    challengerMapePct: mean(duels.map(([, challenger]) => challenger)),
    ...(interval && { differenceInterval: interval }),
    wins: gaps.filter((gap) => gap < 0).length,
    losses: gaps.filter((gap) => gap > 0).length,
  };
}

type GroupOf = (entry: ExperimentResult) => string;
const GROUPS: readonly (readonly [HeadToHead['by'], GroupOf])[] = [
  ['all', () => 'all runs'],
  ['split', (entry) => entry.split],
  ['model', (entry) => entry.model],
  ['gpu', (entry) => entry.gpu],
  ['workload', (entry) => entry.workload],
];

/** Every challenger against the baseline in every group of whole runs. */
function duelsOf(
  figures: readonly ComparedFigure[],
  experiments: readonly ExperimentResult[],
  baseline: string,
  challengers: readonly string[],
): HeadToHead[] {
  const byId = new Map(experiments.map((entry) => [entry.experiment, entry]));
  const runs = figures.flatMap((figure) => {
    const entry = byId.get(figure.experiment);
    return entry === undefined || figure.stage !== 'all' ? [] : [{ ...figure, entry }];
  });
  return GROUPS.flatMap(([by, groupOf]) =>
    [...new Set(experiments.map(groupOf))].toSorted().flatMap((group) =>
      METRIC_NAMES.flatMap((metric) =>
        challengers.flatMap((challenger) => {
          const duels = runs.flatMap(({ entry, metric: of, errorsPct }): Duel[] => {
            const [ours, theirs] = [errorsPct[baseline], errorsPct[challenger]];
            if (groupOf(entry) !== group || of !== metric || ours === undefined || theirs === undefined)
              return [];
            return [[Math.abs(ours), Math.abs(theirs)]];
          });
          if (duels.length === 0) return [];
          // the same draws whoever is held against whom
          const pair = [baseline, challenger].toSorted();
          const score = scoreDuels(duels, JSON.stringify([by, group, metric, ...pair]));
          return [{ by, group, metric, challenger, ...score }];
        }),
      ),
    ),
  );
}

/**
 * Holds validations of the same measurements, and the peers of the first, against the first one. Differences are paired: of
 * one run's two errors, so that runs which are hard for everybody cancel.
 * @param results with different names, none of them a peer's
 */
export function compareResults(results: readonly [NamedResult, ...NamedResult[]]): Comparison {
  const [first, ...others] = results;
  const figures = sharedFigures(results);
  const peers = [...new Set(first.result.rows.flatMap((row) => Object.keys(row.peersMs)))].toSorted();
  const challengers = [...others.map(({ name }) => name), ...peers];
  return {
    formatVersion: 1,
    baseline: first.name,
    challengers,
    coefficientSets: Object.fromEntries(results.map(({ name, result }) => [name, result.coefficientSet])),
    experiments: first.result.experiments,
    figures,
    leftOut: leftOutOf(results, figures),
    headToHeads: duelsOf(figures, first.result.experiments, first.name, challengers),
  };
}
