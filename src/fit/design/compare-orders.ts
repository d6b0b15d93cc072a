import { mean, quantile } from 'simple-statistics';
import type { FitRows } from '../fit-rows.js';
import { BUDGET_RATIOS, errorPct, type Buying, type FitsByBudget } from './purchase.js';
import type { PlannedRun } from './planned-run.js';
import type { DesignCriterion } from './rank-runs.js';

/** Something for the recommended orders. */
type ByCriterion = Readonly<Record<DesignCriterion, number>>;

/** Errors at the targets when a share of the budget is spent, in %. */
interface BudgetErrors {
  readonly budgetRatio: number;
  readonly recommendedPct: ByCriterion;
  readonly randomPct: { readonly p10: number; readonly median: number; readonly p90: number };
  /** Share of the random orders with a larger error. */
  readonly beatenRatio: ByCriterion;
}

/** Recommended orders beside random ones. */
export interface OrderComparison {
  readonly budgets: readonly BudgetErrors[];
  /** Mean over the budgets, of random orders also over these: how fast an order pays. */
  readonly meanPct: ByCriterion & { readonly random: number };
  /** Share of the random orders with a larger mean over the budgets. */
  readonly beatenRatio: ByCriterion;
}

/** Orders of the same runs, and how to buy them. */
export interface Contest {
  readonly recommended: Readonly<Record<DesignCriterion, readonly PlannedRun[]>>;
  readonly random: readonly (readonly PlannedRun[])[];
  readonly buy: (order: readonly PlannedRun[], buying: Buying) => FitsByBudget;
}

/** Scores what orders buy on the measured rows of targets. Errors as `buy`. */
export function compareOrders(
  { recommended, random, buy }: Contest,
  targets: FitRows,
  buying: Buying,
): OrderComparison {
  const errors = (order: readonly PlannedRun[]): number[] =>
    buy(order, buying).map((x) => errorPct(targets, x));
  const own = { I: errors(recommended.I), D: errors(recommended.D) };
  const others = random.map(errors);
  const otherMeans = others.map(mean);
  return {
    budgets: BUDGET_RATIOS.map((budgetRatio, at) => {
      const spread = others.map((each) => each[at]!);
      const recommendedPct = { I: own.I[at]!, D: own.D[at]! };
      return {
        budgetRatio,
        recommendedPct,
        randomPct: {
          p10: quantile(spread, 0.1),
          median: quantile(spread, 0.5),
          p90: quantile(spread, 0.9),
        },
        beatenRatio: beaten(recommendedPct, spread),
      };
    }),
    meanPct: { I: mean(own.I), D: mean(own.D), random: mean(otherMeans) },
    beatenRatio: beaten({ I: mean(own.I), D: mean(own.D) }, otherMeans),
  };
}

const beaten = (own: ByCriterion, others: readonly number[]): ByCriterion => {
  const share = (error: number): number => others.filter((other) => error < other).length / others.length;
  return { I: share(own.I), D: share(own.D) };
};
