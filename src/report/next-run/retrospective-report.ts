import { mean, quantile } from 'simple-statistics';
import type { BudgetCurve, Retrospective } from '../../fit/index.js';
import { heading, paragraph, right, table, type ReportDocument } from '../document.js';
import { pct, share } from '../format.js';

/** Held-out error by budget: recommended orders beside random ones. */
export function retrospectiveReport(suite: string, result: Retrospective): ReportDocument {
  const { recommended, random, budgetRatios, totalGpuMinutes, priorErrorPct } = result;
  return [
    heading(1, `Recommended runs of ${suite}, in retrospect`),
    paragraph(
      `Error of the test split (weighted mean |%| of time per token and TTFT, on frozen timelines) when a share of the ` +
        `${pct(totalGpuMinutes)} GPU-minutes of the train split is bought in order; ${pct(priorErrorPct)} % with the priors alone. ` +
        `${random.length} random orders.`,
    ),
    ...table(
      ['budget', 'I-optimal', 'D-optimal', 'random, median', 'random, p10–p90', 'I beats'].map(right),
      budgetRatios.map((ratio, at) => {
        const others = random.map(({ errorsPct }) => errorsPct[at]!);
        const own = recommended.I.errorsPct[at]!;
        return [
          share(ratio),
          pct(own),
          pct(recommended.D.errorsPct[at]),
          pct(quantile(others, 0.5)),
          `${pct(quantile(others, 0.1))}–${pct(quantile(others, 0.9))}`,
          share(others.filter((error) => own < error).length / others.length),
        ];
      }),
    ),
    paragraph(verdict(result)),
  ];
}

/** Mean error over the budgets: how fast an order pays. */
const meanErrorPct = ({ errorsPct }: BudgetCurve): number => mean([...errorsPct]);

function verdict({ recommended, random }: Retrospective): string {
  const others = random.map(meanErrorPct);
  const beaten = (criterion: 'I' | 'D'): string =>
    share(others.filter((other) => meanErrorPct(recommended[criterion]) < other).length / others.length);
  return (
    `Mean over the budgets: I-optimal ${meanErrorPct(recommended.I).toFixed(2)} %, D-optimal ${meanErrorPct(recommended.D).toFixed(2)} %, random ` +
    `${mean(others).toFixed(2)} %. I-optimal beats ${beaten('I')} of the random orders, D-optimal ${beaten('D')}.`
  );
}
