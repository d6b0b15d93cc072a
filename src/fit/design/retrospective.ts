import type { Experiment } from '../../trace/experiment.js';
import type { Benchmarks } from '../benchmark-rows.js';
import type { BenchmarkFitInput } from '../fit-benchmarks.js';
import { rowsFrom, type FitRows } from '../fit-rows.js';
import { layOutTerms, priorMeans, type TermLayout } from '../fit-terms.js';
import { compareOrders, type OrderComparison } from './compare-orders.js';
import { estimateMisfit, type Misfit } from './misfit.js';
import { planMeasured, type MeasuredPlan, type PlannedRun } from './planned-run.js';
import { knownPrecision } from './prior-design.js';
import { buyer, errorPct, gpuMinutesOf, randomOrders, type Buying } from './purchase.js';
import { rankRuns, type DesignCriterion } from './rank-runs.js';

/** Which runs may be bought, and what is to be predicted: the questions a retrospective asks. */
export type RetrospectiveQuestion = 'testSplit' | 'testModels' | 'trainModels';

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

/** Whether recommended orders would have paid. */
export interface Retrospective {
  readonly basis: string;
  readonly randomOrders: number;
  /** Estimated from the whole train split. */
  readonly misfit: Misfit;
  /** No `trainModels` where all train experiments serve one model. */
  readonly cases: Readonly<Record<RetrospectiveQuestion, readonly RetrospectiveCase[]>>;
}

/**
 * Orders experiments of a suite as a recommendation would have, knowing the priors, the misfit and what the targets serve, but
 * no measurement; fits what each budget buys, and scores it on the targets' measured rows. Asked for the test split as a
 * whole and for each of its models, with the train split to buy from; and for each train model, with the others to buy
 * from. All rows lie on the timelines of the priors, so that orders differ by nothing but the runs.
 * @param orders random orders to compare with
 * @throws as `linearise`, `fitGroups`, `rankRuns` and `estimateMisfit`
 */
export function designInRetrospect(input: BenchmarkFitInput, orders: number): Retrospective {
  const layout = layOutTerms(input.basis);
  const benchmarks: Benchmarks = { ...input, layout, seeds: [1] };
  const planSplit = (split: Experiment['split']): readonly MeasuredPlan[] =>
    input.experiments
      .filter((experiment) => experiment.split === split)
      .map((experiment) => planMeasured(benchmarks, experiment, priorMeans(layout)));
  const [train, test] = [planSplit('train'), planSplit('test')];
  const modelOf = new Map(train.map(({ run }) => [run.id, run.model]));
  const misfit = estimateMisfit(layout, measuredRows(layout, train), (id) => modelOf.get(id)!);
  const fromTrain = market({ layout, misfit, orders }, train);
  return {
    basis: input.basis.name,
    randomOrders: orders,
    misfit,
    cases: {
      testSplit: [fromTrain('all', test)],
      testModels: modelsOf(test).map((model) => fromTrain(model, ofModel(test, model))),
      trainModels: modelsOf(train).flatMap((model) => {
        const others = train.filter(({ run }) => run.model !== model);
        if (others.length === 0) return [];
        return market({ layout, misfit, orders }, others)(model, ofModel(train, model));
      }),
    },
  };
}

interface Rules {
  readonly layout: TermLayout;
  readonly misfit: Misfit;
  readonly orders: number;
}

/** Runs on offer: asked for targets, it answers what orders of them would have brought. */
function market(
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

const measuredRows = (layout: TermLayout, plans: readonly MeasuredPlan[]): FitRows =>
  rowsFrom(
    layout,
    plans.flatMap(({ measured }) => measured),
  );

const ofModel = (plans: readonly MeasuredPlan[], model: string): readonly MeasuredPlan[] =>
  plans.filter(({ run }) => run.model === model);

const modelsOf = (plans: readonly MeasuredPlan[]): readonly string[] => [
  ...new Set(plans.map(({ run }) => run.model)),
];
