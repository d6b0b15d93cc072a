import * as z from 'zod';
import type { Baseline } from '../gate/index.js';
import { METRIC_NAMES } from '../trace/metrics.js';
import { measuredMs, predictedMs, refuseContradictions, seeds, seedSpreadPct } from './figure-rules.js';
import { readJsonFile } from './read-json-file.js';

const count = z.int().nonnegative();
const text = z.string();

const baselineSchema = z
  .strictObject({
    formatVersion: z.literal(1),
    suite: text,
    coefficientSet: text,
    basis: text,
    seeds,
    updates: z
      .array(
        z.strictObject({
          reason: text,
          coefficientSet: text,
          figures: count,
          changed: count,
          fidelity: z.exactOptional(z.enum(['pass', 'fail'])),
        }),
      )
      .min(1),
    experiments: z.array(
      z.strictObject({
        experiment: text,
        split: z.enum(['train', 'test']),
        model: text,
        gpu: text,
        workload: text,
        seeds: count,
      }),
    ),
    figures: z
      .array(
        z.strictObject({
          experiment: text,
          stage: z.union([z.literal('all'), count]),
          metric: z.enum(METRIC_NAMES),
          measuredMs,
          predictedMs,
          seedSpreadPct: z.exactOptional(seedSpreadPct),
        }),
      )
      .min(1),
  })
  .superRefine(({ experiments, figures, seeds: replays }, context) =>
    refuseContradictions({ experiments, figures, seeds: replays, field: 'figures' }, context),
  );

/**
 * Reads a baseline written by `trueline check --update-baseline`.
 * @throws FILE_NOT_FOUND, FILE_TRUNCATED, BASELINE_INVALID, KEY_UNKNOWN
 */
export const readBaseline = (path: string): Promise<Baseline> =>
  readJsonFile(
    path,
    baselineSchema,
    'Make one with `trueline check result.json --baseline FILE --update-baseline --reason "first"`.',
    'BASELINE_INVALID',
  );

const lines = (items: readonly unknown[]): string =>
  items.length === 0 ? '[]' : `[\n${items.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n ]`;

/** Text of a baseline file: one figure a line, so that a change of it can be read in a diff. */
export function renderBaseline(baseline: Baseline): string {
  const { updates, experiments, figures, ...head } = baseline;
  const fields = [
    ...Object.entries(head).map(([name, value]) => ` ${JSON.stringify(name)}: ${JSON.stringify(value)}`),
    ` "updates": ${lines(updates)}`,
    ` "experiments": ${lines(experiments)}`,
    ` "figures": ${lines(figures)}`,
  ];
  return `{\n${fields.join(',\n')}\n}\n`;
}
