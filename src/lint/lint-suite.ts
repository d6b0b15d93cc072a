import type { Suite } from '../trace/suite.js';
import { experimentTrace } from './experiment-trace.js';
import { lintTrace, type LintResult } from './lint-trace.js';

/** A run among others, with what the rules say of it. */
export interface LintedRun {
  /** Its id in a suite, or its folder. */
  readonly run: string;
  readonly result: LintResult;
}

/** Checks every experiment of a suite, by what it says of its run: server, load and the measured figures of its stages. */
export const lintSuite = ({ experiments }: Suite): readonly LintedRun[] =>
  experiments.map((experiment) => ({ run: experiment.id, result: lintTrace(experimentTrace(experiment)) }));
