import * as z from 'zod';
import type { ErrorCode } from '../errors.js';
import { METRIC_NAMES } from '../trace/metrics.js';
import { KNEE_LIMITS, SATURATION_VERDICTS, type ValidationResult } from '../validate/index.js';
import { measuredMs, predictedMs, refuseContradictions, seeds, seedSpreadPct } from './figure-rules.js';
import { readJsonFile } from './read-json-file.js';

const number = z.number();
const text = z.string();
const count = z.int().nonnegative();
const stage = z.union([z.literal('all'), count]);
const metric = z.enum(METRIC_NAMES);
const split = z.enum(['train', 'test']);
const interval = z.strictObject({ low: number, high: number });
const byName = z.record(text, number);

/** Codes grow with versions, so a saved one is any text. */
const errorCode = z.custom<ErrorCode>((value) => typeof value === 'string');

const verdict = z.enum(SATURATION_VERDICTS);

const stageVerdict = z.strictObject({
  stage,
  heldBackRatio: number,
  waitMs: z.strictObject({ firstHalf: number, secondHalf: number }),
  kneeLoadRatio: z.exactOptional(number),
  verdict,
  ttftParts: z.exactOptional(
    z.strictObject({
      frontEnd: number,
      residualStep: number,
      queueing: number,
      pipelineStep: number,
      prefill: number,
    }),
  ),
  batch: z.exactOptional(z.strictObject({ meanRequests: number, meanContextTokens: number })),
});

const experiment = z.strictObject({
  experiment: text,
  title: text,
  split,
  model: text,
  gpu: text,
  tensorParallelSize: count,
  workload: text,
  source: text,
  settings: z.exactOptional(z.record(text, z.union([text, number, z.boolean()]))),
  seeds: count,
  steps: number,
  preemptions: number,
  prefixHitRatio: number,
  seatLimitedRatio: number,
  kvLimitedRatio: number,
  served: z.exactOptional(
    z.strictObject({ requests: number, promptTokens: number, outputTokens: number, durationS: number }),
  ),
  beyondFit: z.array(z.strictObject({ dimension: text, value: text, fittedOn: z.array(text) })),
  knee: z.exactOptional(z.strictObject({ requestsPerS: number, limitedBy: z.enum(KNEE_LIMITS) })),
  timeline: z.exactOptional(
    z.strictObject({
      intervalS: number,
      kvBlocks: count,
      running: z.array(number),
      waiting: z.array(number),
      kvUsedRatio: z.array(number),
    }),
  ),
  stages: z.array(stageVerdict),
});

const row = z.strictObject({
  experiment: text,
  stage,
  metric,
  measuredMs,
  predictedMs,
  errorPct: number,
  seedSpreadPct: z.exactOptional(seedSpreadPct),
  interval: z.exactOptional(interval),
  peersMs: byName,
});

const errorGroup = z.strictObject({
  scope: z.enum(['runs', 'stages']),
  by: z.enum(['split', 'model', 'gpu', 'workload', 'saturation']),
  group: text,
  metric,
  simulator: text,
  n: count,
  excluded: count,
  mapePct: number,
  medianApePct: number,
  p90ApePct: number,
  mpePct: number,
  medianInterval: z.exactOptional(interval),
  oursOnSameRows: z.exactOptional(z.strictObject({ medianApePct: number, mapePct: number })),
});

const calibration = z.strictObject({
  split,
  metric,
  n: count,
  slope: number,
  intercept: number,
  r2: number,
});

const intervalCoverage = z.strictObject({
  scope: z.enum(['runs', 'stages']),
  split,
  metric: z.union([metric, z.literal('all')]),
  verdict: z.exactOptional(verdict),
  n: count,
  inside: count,
  medianHalfWidthPct: number,
});

const rankGroup = z.strictObject({
  scope: z.enum(['all', 'split', 'model-gpu', 'inside']),
  group: text,
  metric,
  simulator: text,
  n: count,
  pairs: z.strictObject({
    scored: count,
    inDeadBand: count,
    ties: count,
    accuracyRatio: z.exactOptional(number),
  }),
  kendallTauB: z.exactOptional(number),
  kendallInterval: z.exactOptional(interval),
  spearmanRho: z.exactOptional(number),
  top1RegretPct: z.exactOptional(number),
  top3RegretPct: z.exactOptional(number),
});

const replicateGroup = z.strictObject({
  experiments: z.array(text),
  differingSettings: z.array(text),
  noise: z.array(z.strictObject({ metric, n: count, meanMs: number, cvPct: number, spreadPct: number })),
});

const discordantPair = z.strictObject({
  metric,
  split: text,
  experiments: z.tuple([text, text]),
  measuredGapPct: number,
  predictedGapPct: number,
  gapInNoise: z.exactOptional(number),
});

const rankCeiling = z.strictObject({
  metric,
  split: text,
  n: count,
  cvPct: number,
  meanTauB: number,
  lowTauB: number,
});

const validationResult = z
  .strictObject({
    formatVersion: z.literal(1),
    suite: text,
    suiteSource: text,
    coefficientSet: text,
    basis: text,
    seeds,
    coverage: z.strictObject({
      experiments: count,
      experimentsReplayed: count,
      rows: count,
      rowsCompared: count,
    }),
    notSimulated: z.array(z.strictObject({ experiment: text, split, stage, code: errorCode, reason: text })),
    experiments: z.array(experiment),
    rows: z.array(row),
    errors: z.array(errorGroup),
    calibrations: z.array(calibration),
    intervals: z.array(intervalCoverage),
    ranks: z.array(rankGroup),
    cancelling: z.array(
      z.strictObject({
        experiment: text,
        stage,
        e2eErrorPct: number,
        ttftErrorMs: number,
        decodeErrorMs: number,
      }),
    ),
    replicates: z.array(replicateGroup),
    discordantPairs: z.array(discordantPair),
    rankCeilings: z.array(rankCeiling),
    diagnostics: z.array(
      z.strictObject({
        code: text,
        kind: z.enum(['dropped', 'repaired', 'doubt']),
        count: number,
        message: text,
      }),
    ),
  })
  .superRefine(({ experiments, rows, seeds: replays }, context) =>
    refuseContradictions({ experiments, figures: rows, seeds: replays, field: 'rows' }, context),
  );

/** Text of a saved validation; `readValidationResult` gives back the same result. */
export const renderValidationResult = (result: ValidationResult): string =>
  `${JSON.stringify(result, null, 1)}\n`;

/**
 * Reads a validation saved by `trueline validate --out`.
 * @throws FILE_NOT_FOUND, FILE_TRUNCATED, FORMAT_INVALID, KEY_UNKNOWN
 */
export const readValidationResult = (path: string): Promise<ValidationResult> =>
  readJsonFile(path, validationResult, 'Make one with `trueline validate --out result.json`.');

/** JSON Schema of a saved validation, as text; committed as `docs/schemas/validation-result.schema.json`. */
export const renderValidationResultSchema = (): string => {
  const schema = z.toJSONSchema(validationResult, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === errorCode) jsonSchema.type = 'string';
    },
  });
  return `${JSON.stringify({ title: 'Trueline validation result', ...schema }, null, 2)}\n`;
};
