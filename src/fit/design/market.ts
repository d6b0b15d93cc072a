import { rowsFrom, type FitRows } from '../fit-rows.js';
import { priorMeans, type TermLayout } from '../fit-terms.js';
import { compareOrders, type OrderComparison } from './compare-orders.js';
import type { Misfit } from './misfit.js';
import type { MeasuredPlan, PlannedRun } from './planned-run.js';
import { knownPrecision } from './prior-design.js';
import { buyer, errorPct, gpuMinutesOf, randomOrders, type Buying } from './purchase.js';
import { rankRuns, type DesignCriterion } from './rank-runs.js';

/** Recommended orders beside random ones, for one set of targets. */
export interface RetrospectiveCase {
  /** The model to predict, or `all`. */
  readonly targets: string;
  readonly totalGpuMinutes: number;
  /** At the targets with the priors alone, in %. */
  readonly priorErrorPct: number;
  readonly orders: Readonly<Record<DesignCriterion, readonly string[]>>;
  readonly comparisons: Readonly<Record<Buying, OrderComparison>>;
}

/** What orders are made with. */
export interface Rules {
  readonly layout: TermLayout;
  readonly misfit: Misfit;
  /** Random ones, to compare with. */
  readonly orders: number;
}

/** Runs on offer: asked for targets, it answers what orders of them would have brought. */
export function market(
  { layout, misfit, orders }: Rules,
  offer: readonly MeasuredPlan[],
): (name: string, targets: readonly MeasuredPlan[]) => RetrospectiveCase {
  const runs = offer.map(({ run }) => run);
  const buy = buyer(layout, measuredRows(layout, offer), runs);
  const random = randomOrders(runs, orders);
  return (name, targets) => {
    const wanted = targets.map(({ run }) => run.rows);
    const design = { precision: knownPrecision(layout), misfit, targets: wanted };
    const recommend = (criterion: DesignCriterion): readonly PlannedRun[] => {
      const ids = rankRuns(design, runs, criterion).map(({ id }) => id);
      return ids.map((id) => runs.find((run) => run.id === id)!);
    };
    const recommended = { I: recommend('I'), D: recommend('D') };
    const contest = { recommended, random, buy };
    const rows = measuredRows(layout, targets);
    return {
      targets: name,
      totalGpuMinutes: gpuMinutesOf(runs),
      priorErrorPct: errorPct(rows, priorMeans(layout)),
      orders: { I: recommended.I.map(({ id }) => id), D: recommended.D.map(({ id }) => id) },
      comparisons: {
        inOrder: compareOrders(contest, rows, 'inOrder'),
        skipping: compareOrders(contest, rows, 'skipping'),
      },
    };
  };
}

/** Rows of the figures of runs. */
export const measuredRows = (layout: TermLayout, plans: readonly MeasuredPlan[]): FitRows =>
  rowsFrom(
    layout,
    plans.flatMap(({ measured }) => measured),
  );
