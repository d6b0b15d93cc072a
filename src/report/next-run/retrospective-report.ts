import { mean } from 'simple-statistics';
import type {
  OrderComparison,
  Retrospective,
  RetrospectiveCase,
  RetrospectiveQuestion,
} from '../../fit/index.js';
import { heading, left, paragraph, right, table, type ReportDocument } from '../document.js';
import { pct, share } from '../format.js';

/** Questions in the order in which they are shown, with what they buy and predict. */
const QUESTIONS: readonly (readonly [RetrospectiveQuestion, string])[] = [
  ['testSplit', 'train split → test split as a whole'],
  ['testModels', 'train split → one test model'],
  ['trainModels', 'other train models → one train model'],
  ['drawn', 'train split → test split, figures drawn'],
];

const BUYING = [
  ['inOrder', 'in order'],
  ['skipping', 'skipping'],
] as const;

/** Held-out error while runs are bought: recommended orders beside random ones. */
export function retrospectiveReport(suite: string, result: Retrospective): ReportDocument {
  return [
    heading(1, `Recommended runs of ${suite}, in retrospect: ${result.basis}`),
    paragraph(
      `Runs are bought in recommended order and in ${result.randomOrders} random ones, and ${result.basis} is fitted to what a ` +
        'budget buys. Error: weighted mean |%| of time per token and TTFT at the targets, on the timelines of the priors, mean over ' +
        'budgets from 5 % to all of what the runs cost. "In order": nothing is bought after the first run that no longer fits; ' +
        '"skipping": runs that do not fit are passed over. "Beats": share of the random orders with a larger error. "Drawn": ' +
        'figures are not measured but synthetic, from the priors and the misfit (30 random orders each). ' +
        misfitOf(result),
    ),
    ...table(
      [
        left('bought → predicted'),
        left('budget'),
        ...['targets', 'priors', 'random', 'I', 'D', 'I beats', 'D beats'].map(right),
      ],
      QUESTIONS.flatMap(([question, name]) => summaryRows(name, result.cases[question])),
    ),
    ...result.cases.testSplit.flatMap(byBudget),
  ];
}

const misfitOf = ({ misfit: { noiseRatio, runRatio, modelRatio } }: Retrospective): string =>
  `Misfit estimated from the train split: ${pct(100 * noiseRatio)} % of a row, ${pct(100 * runRatio)} % of a run, ` +
  `${pct(100 * modelRatio)} % of a model.`;

/** One row per way of buying, means over the targets. */
const summaryRows = (name: string, cases: readonly RetrospectiveCase[]): string[][] =>
  (cases.length === 0 ? [] : BUYING).map(([buying, title]) => {
    const over = (of: (comparison: OrderComparison) => number): number =>
      mean(cases.map(({ comparisons }) => of(comparisons[buying])));
    return [
      name,
      title,
      String(cases.length),
      pct(mean(cases.map(({ priorErrorPct }) => priorErrorPct))),
      over(({ meanPct }) => meanPct.random).toFixed(2),
      over(({ meanPct }) => meanPct.I).toFixed(2),
      over(({ meanPct }) => meanPct.D).toFixed(2),
      share(over(({ beatenRatio }) => beatenRatio.I)),
      share(over(({ beatenRatio }) => beatenRatio.D)),
    ];
  });

const byBudget = ({ totalGpuMinutes, comparisons }: RetrospectiveCase): ReportDocument => [
  paragraph(
    `The test split as a whole, by budget; all runs cost ${pct(totalGpuMinutes)} GPU-minutes, bought in order:`,
  ),
  ...table(
    ['budget', 'I-optimal', 'D-optimal', 'random, median', 'random, p10–p90', 'I beats', 'D beats'].map(
      right,
    ),
    comparisons.inOrder.budgets.map(({ budgetRatio, recommendedPct, randomPct, beatenRatio }) => [
      share(budgetRatio),
      pct(recommendedPct.I),
      pct(recommendedPct.D),
      pct(randomPct.median),
      `${pct(randomPct.p10)}–${pct(randomPct.p90)}`,
      share(beatenRatio.I),
      share(beatenRatio.D),
    ]),
  ),
];
