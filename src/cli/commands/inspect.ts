import { coverageLimits, experimentTrace, lintTrace } from '../../lint/index.js';
import {
  renderRunsOverview,
  renderTraceSummary,
  runCard,
  type RunCards,
  type TrialFit,
} from '../../report/index.js';
import type { Trace } from '../../trace/trace.js';
import type { ServedOptions } from '../arguments/served.js';
import type { CommonOptions } from '../conclude.js';
import { trialFit } from '../fit/trial-fit.js';
import type { Outcome } from '../outcome.js';
import { readMeasurements, summariseRuns } from '../read-measurements.js';
import { traceSummary } from '../trace-summary.js';

/** Options of `trueline inspect`; what was served is for the trial fit, where the run does not say. */
export interface InspectOptions extends CommonOptions, ServedOptions {}

/**
 * Shows what is in a measurement, or in every experiment of a suite or run of a folder.
 * @throws any code of `ingestPath` and `readSuite`
 */
export async function inspect(path: string, options: InspectOptions): Promise<Outcome> {
  const found = await readMeasurements(path);
  if (found.kind === 'run') return inspectRun(found.trace, await trialFit(path, found.trace, options));
  if (found.kind === 'suite') {
    const linted = found.suite.experiments.map((experiment) =>
      runCard(experiment.id, experimentTrace(experiment)),
    );
    return inspectRuns({ path, noun: 'experiment', linted, refused: [] });
  }
  const { summaries, refused } = await summariseRuns(path, found, runCard);
  return inspectRuns({ path, noun: 'run', linted: summaries, refused });
}

const inspectRun = (trace: Trace, trial: TrialFit): Outcome => ({
  text: (terminal) => renderTraceSummary(trace, terminal, trial),
  json: () => ({
    ...traceSummary(trace),
    lint: lintTrace(trace),
    determines: coverageLimits(trace),
    trialFit: trial.kind === 'fitted' ? trial.result : { notTried: trial.why },
  }),
  passed: true,
});

const inspectRuns = (cards: RunCards): Outcome => ({
  text: (terminal) => renderRunsOverview(cards, terminal),
  json: () => ({
    path: cards.path,
    [`${cards.noun}s`]: cards.linted.map(({ run, result, ...card }) => ({
      [cards.noun]: run,
      ...card,
      lint: result,
    })),
    refused: cards.refused.map(({ run, refusal }) => ({
      [cards.noun]: run,
      code: refusal.code,
      message: refusal.message,
    })),
  }),
  passed: true,
});
