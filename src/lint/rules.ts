import type { LintRule } from './finding.js';
import { arrivalsRepeated } from './rules/arrivals-repeated.js';
import { clientSendLag } from './rules/client-send-lag.js';
import { clocksMixed } from './rules/clocks-mixed.js';
import { failedRequests } from './rules/failed-requests.js';
import { outputLengthsRetokenised } from './rules/output-lengths-retokenised.js';
import { prefixHitsUndeclared } from './rules/prefix-hits-undeclared.js';
import { saturated } from './rules/saturated.js';
import { schedulerTimeAsStep } from './rules/scheduler-time-as-step.js';
import { serverFactsMissing } from './rules/server-facts-missing.js';
import { stageBoundaries } from './rules/stage-boundaries.js';
import { stepsSampled } from './rules/steps-sampled.js';
import { tokenEventsDoubled } from './rules/token-events-doubled.js';
import { tooFewRequests } from './rules/too-few-requests.js';
import { unitsMixed } from './rules/units-mixed.js';
import { warmUpOutliers } from './rules/warm-up-outliers.js';

/** Every rule, in the order findings of equal severity are shown: what a figure means, how it was loaded, how much there is. */
export const RULES: readonly LintRule[] = [
  unitsMixed,
  clocksMixed,
  tokenEventsDoubled,
  outputLengthsRetokenised,
  schedulerTimeAsStep,
  saturated,
  failedRequests,
  clientSendLag,
  prefixHitsUndeclared,
  warmUpOutliers,
  arrivalsRepeated,
  stageBoundaries,
  stepsSampled,
  serverFactsMissing,
  tooFewRequests,
];
