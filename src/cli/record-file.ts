import * as z from 'zod';
import { TruelineError } from '../errors.js';
import type { ReplayRecord } from '../record/index.js';
import { fingerprint } from '../text/fingerprint.js';
import { isReplayOutcome } from '../validate/index.js';
import { readJsonFile } from './read-json-file.js';

const count = z.int().nonnegative();
const text = z.string();

const recordFile = z.strictObject({
  sha256: text,
  record: z.strictObject({
    formatVersion: z.literal(1),
    suite: text,
    coefficientSet: text,
    seeds: z.array(count).min(1),
    intervals: z.boolean(),
    coldStart: z.boolean(),
    split: z.enum(['train', 'test', 'all']),
    shard: z.strictObject({ index: z.int().positive(), count: z.int().positive() }),
    experiments: z.array(
      z.strictObject({
        experiment: text,
        inputs: text,
        // what is inside is vouched for by the file's hash
        outcomes: z.array(z.custom<ReplayRecord['experiments'][number]['outcomes'][number]>(isReplayOutcome)),
        refusal: z.exactOptional(z.custom<NonNullable<ReplayRecord['experiments'][number]['refusal']>>()),
      }),
    ),
  }),
});

/** Text of a record file: the record and its SHA-256, which whoever publishes the hash can be held to. */
export const renderRecord = (record: ReplayRecord): string =>
  `${JSON.stringify({ sha256: fingerprint(record), record }, null, 1)}\n`;

/**
 * Reads a record written by `trueline predict --freeze` or `trueline validate --shard`.
 * @throws FILE_NOT_FOUND, FILE_TRUNCATED, KEY_UNKNOWN; RECORD_INVALID when it was changed after it was written
 */
export async function readRecord(path: string): Promise<ReplayRecord> {
  const hint =
    'Make one with `trueline predict --freeze FILE` or `trueline validate --shard 1/2 --out FILE`.';
  const { sha256, record } = await readJsonFile(path, recordFile, hint, 'RECORD_INVALID');
  if (fingerprint(record) !== sha256)
    throw new TruelineError('RECORD_INVALID', 'was changed after it was written: its SHA-256 is another', {
      file: path,
      hint: 'Use the file as it was written.',
    });
  return record;
}
