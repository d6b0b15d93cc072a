import type { Severity } from '../../../src/lint/index.js';
import { traceToFiles } from '../../../src/trace/trace-file.js';
import { madeUpRun } from '../made-up-run.js';
import {
  benchResult,
  guideLlmReport,
  ITL_S,
  loadConfig,
  perRequestReport,
  sentRequests,
  stageReport,
  type SentRequest,
} from './client-files.js';
import { journeyTrace, SERVER_CONFIG, serverLog, stepTrace } from './server-files.js';

/** Files of a run's folder, by name. */
export type RunFiles = Readonly<Record<string, string>>;

/** Two synthetic folders that differ in one thing only: the first has what a rule looks for, the second has not. */
export interface RulePair {
  /** Of the worst finding. */
  readonly severity: Severity;
  readonly triggers: RunFiles;
  readonly sound: RunFiles;
}

const SERVER: RunFiles = { 'exp-config.yaml': SERVER_CONFIG, 'vllm.log': serverLog() };

/** A server's folder with inference-perf's per-request report. */
const measured = (sent: readonly SentRequest[], more: RunFiles = {}): RunFiles => ({
  ...SERVER,
  'per_request_lifecycle_metrics.json': perRequestReport(sent),
  ...more,
});

const failing = (every: number): SentRequest[] =>
  sentRequests({ requests: 1200 }).map((request, i) => ({ ...request, failed: i % every === every - 1 }));

/** Answers of one length, which the client's tokeniser counts as something between 6 and 10 tokens. */
const recounted = sentRequests().map((request, i) => ({ ...request, countedTokens: 6 + ((i * 7) % 5) }));

const TWO_STAGES = loadConfig([
  { rate: 10, duration: 100 },
  { rate: 20, duration: 50 },
]);

const stagesWithSeed = (seed: number): SentRequest[] => [
  ...sentRequests({ seed: 1 }),
  ...sentRequests({ seed, startS: 130, ratePerS: 20 }),
];

/** A normalised trace: the one format that names a GPU. */
const withKvBlocks = (totalKvBlocks: number | undefined): RunFiles => {
  const { meta } = madeUpRun();
  const { totalKvBlocks: _, ...server } = { ...meta.server };
  const known = totalKvBlocks === undefined ? server : { ...server, totalKvBlocks };
  return { ...traceToFiles(madeUpRun({ meta: { ...meta, server: known } })) };
};

/** A pair for every rule, by its id. */
export const RULE_PAIRS: Readonly<Record<string, RulePair>> = {
  'units-mixed': {
    severity: 'error',
    triggers: measured(sentRequests(), {
      'stage_0_lifecycle_metrics.json': stageReport({ secondsIn: 1000 }),
    }),
    sound: measured(sentRequests(), { 'stage_0_lifecycle_metrics.json': stageReport() }),
  },
  'clocks-mixed': {
    severity: 'warning',
    triggers: { ...SERVER, 'traces.json': journeyTrace(false) },
    sound: { ...SERVER, 'traces.json': journeyTrace(true) },
  },
  'token-events-doubled': {
    severity: 'error',
    triggers: { ...SERVER, 'result.json': benchResult(sentRequests(), (1000 * ITL_S * 9) / 19) },
    sound: { ...SERVER, 'result.json': benchResult(sentRequests(), 1000 * ITL_S) },
  },
  'output-lengths-retokenised': {
    severity: 'error',
    triggers: { ...SERVER, 'requests.json': perRequestReport(recounted, false) },
    sound: { ...SERVER, 'requests.json': perRequestReport(recounted, true) },
  },
  'scheduler-time-as-step': {
    severity: 'error',
    triggers: measured(sentRequests(), { 'vllm.log': serverLog(60, 0.4) }),
    sound: measured(sentRequests(), { 'vllm.log': serverLog(60, 15) }),
  },
  saturated: {
    severity: 'error',
    triggers: measured(sentRequests({ ttftS: (i) => 0.04 * (1 + i / 100) })),
    sound: measured(sentRequests({ ttftS: (i) => 0.04 * (1 + i / 10_000) })),
  },
  'failed-requests': {
    severity: 'error',
    triggers: measured(failing(10)),
    sound: measured(failing(2000)),
  },
  'client-send-lag': {
    severity: 'error',
    triggers: measured(sentRequests(), { 'stage_0_lifecycle_metrics.json': stageReport({ sendLagS: 0.5 }) }),
    sound: measured(sentRequests(), { 'stage_0_lifecycle_metrics.json': stageReport() }),
  },
  'prefix-hits-undeclared': {
    severity: 'warning',
    triggers: { ...SERVER, 'guidellm.json': guideLlmReport(sentRequests(), 496) },
    sound: { ...SERVER, 'guidellm.json': guideLlmReport(sentRequests(), 16) },
  },
  'warm-up-outliers': {
    severity: 'warning',
    triggers: measured(sentRequests({ ttftS: (i) => (i < 20 ? 1 : 0.04) })),
    sound: measured(sentRequests({ ttftS: (i) => (i % 20 === 0 ? 1 : 0.04) })),
  },
  'arrivals-repeated': {
    severity: 'warning',
    triggers: measured(stagesWithSeed(1), { 'config.yaml': TWO_STAGES }),
    sound: measured(stagesWithSeed(2), { 'config.yaml': TWO_STAGES }),
  },
  'stage-boundaries': {
    severity: 'warning',
    triggers: measured(stagesWithSeed(2)),
    sound: measured(stagesWithSeed(2), { 'config.yaml': TWO_STAGES }),
  },
  'steps-sampled': {
    severity: 'error',
    triggers: { ...SERVER, 'traces.json': stepTrace(600, (id) => id % 10 === 0) },
    sound: { ...SERVER, 'traces.json': stepTrace(600) },
  },
  'server-facts-missing': {
    severity: 'warning',
    triggers: withKvBlocks(undefined),
    sound: withKvBlocks(10_000),
  },
  'too-few-requests': {
    severity: 'warning',
    triggers: measured(sentRequests({ requests: 60 })),
    sound: measured(sentRequests({ requests: 1000 })),
  },
};
