import { randomStream } from '../../random.js';
import { residualsOf } from '../../stats/gram.js';
import type { FitRows } from '../fit-rows.js';
import type { TermLayout } from '../fit-terms.js';
import { fitGroups } from './fit-groups.js';
import type { PlannedRun } from './planned-run.js';

/** Shares of what all runs cost together, at which orders are compared. */
export const BUDGET_RATIOS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1];

/** How orders are bought: `inOrder` up to the first run that no longer fits; `skipping` those that do not fit. */
export type Buying = 'inOrder' | 'skipping';

/** Coefficients fitted to what each budget buys of an order. */
export type FitsByBudget = readonly ArrayLike<number>[];

/**
 * Fits what orders buy at each budget; every choice of runs is fitted once.
 * @param rows measured, of all runs, by run id
 * @returns errors as `fitGroups`
 */
export function buyer(
  layout: TermLayout,
  rows: FitRows,
  runs: readonly PlannedRun[],
): (order: readonly PlannedRun[], buying: Buying) => FitsByBudget {
  const total = gpuMinutesOf(runs);
  const solved = new Map<string, Float64Array>();
  return (order, buying) =>
    BUDGET_RATIOS.map((ratio) => {
      const ids = affordable(order, ratio * total, buying).toSorted();
      const key = ids.join('\n');
      const found = solved.get(key) ?? fitGroups(layout, rows, (group) => ids.includes(group));
      solved.set(key, found);
      return found;
    });
}

/** What runs cost together. */
export const gpuMinutesOf = (runs: readonly PlannedRun[]): number =>
  runs.reduce((sum, run) => sum + run.gpuMinutes, 0);

/** The whole budget buys everything, whatever order its cost is added up in. */
const ROUNDING = 1 + Number.EPSILON * 64;

function affordable(order: readonly PlannedRun[], gpuMinutes: number, buying: Buying): string[] {
  const bought: string[] = [];
  let spent = 0;
  for (const run of order) {
    const fits = spent + run.gpuMinutes <= gpuMinutes * ROUNDING;
    if (!fits && buying === 'inOrder') break;
    if (!fits) continue;
    spent += run.gpuMinutes;
    bought.push(run.id);
  }
  return bought;
}

/** Weighted mean absolute error of rows under coefficients, in %. */
export function errorPct(rows: FitRows, x: ArrayLike<number>): number {
  const total = rows.weights.reduce((sum, weight) => sum + weight, 0);
  const missed = residualsOf(rows, x).reduce((sum, r, row) => sum + rows.weights[row]! * Math.abs(r), 0);
  return (100 * missed) / total;
}

/** Seeded shuffles (Fisher and Yates). */
export function randomOrders<T>(runs: readonly T[], count: number): T[][] {
  const { integer } = randomStream(1, 'design-orders');
  return Array.from({ length: count }, () => {
    const order = [...runs];
    for (let i = order.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  });
}
