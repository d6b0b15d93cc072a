import type { Experiment } from '../../trace/experiment.js';
import type { Benchmarks } from '../benchmark-rows.js';
import type { BenchmarkFitInput } from '../fit-benchmarks.js';
import { layOutTerms, priorMeans } from '../fit-terms.js';
import { drawFigures } from './drawn-figures.js';
import { market, measuredRows, type RetrospectiveCase, type Rules } from './market.js';
import { estimateMisfit, type Misfit } from './misfit.js';
import { planMeasured, type MeasuredPlan } from './planned-run.js';

/** Which runs may be bought, and what is to be predicted: the questions a retrospective asks. */
export type RetrospectiveQuestion = 'testSplit' | 'testModels' | 'trainModels' | 'drawn';

/** Whether recommended orders would have paid. */
export interface Retrospective {
  readonly basis: string;
  /** Of measured figures; drawn ones have 30 at most. */
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
 * from. Last, for the test split with figures of both splits drawn from priors and misfit instead of measured: there the design is
 * right, so that shows what a wrong model costs it. All rows lie on the timelines of the priors, so that orders differ by nothing but the runs.
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
  const rules: Rules = { layout, misfit, orders };
  const fromTrain = market(rules, train);
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
        return market(rules, others)(model, ofModel(train, model));
      }),
      drawn: Array.from({ length: DRAWS }, (_, draw) => drawnCase(rules, train, test, draw + 1)),
    },
  };
}

/** Drawn figures are a check on the method: enough for the mean, with few random orders each. */
const DRAWS = 20;
const DRAWN_ORDERS = 30;

function drawnCase(
  rules: Rules,
  train: readonly MeasuredPlan[],
  test: readonly MeasuredPlan[],
  draw: number,
): RetrospectiveCase {
  const drawn = drawFigures(rules.layout, [...train, ...test], rules.misfit, draw);
  const orders = Math.min(rules.orders, DRAWN_ORDERS);
  const buyable = market({ ...rules, orders }, drawn.slice(0, train.length));
  return buyable(`draw ${draw}`, drawn.slice(train.length));
}

const ofModel = (plans: readonly MeasuredPlan[], model: string): readonly MeasuredPlan[] =>
  plans.filter(({ run }) => run.model === model);

const modelsOf = (plans: readonly MeasuredPlan[]): readonly string[] => [
  ...new Set(plans.map(({ run }) => run.model)),
];
