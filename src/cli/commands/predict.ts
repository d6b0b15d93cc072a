import { renderPredictions } from '../../report/index.js';
import { fingerprint } from '../../text/fingerprint.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { renderRecord } from '../record-file.js';
import { recordShard, type SuiteReplayOptions } from '../suite-replay.js';
import { checkFileDestination, writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline predict`. */
export interface PredictOptions extends CommonOptions, SuiteReplayOptions {
  readonly freeze?: string;
  readonly force?: true;
}

/**
 * Predicts a suite without looking at its measurements, which need not be there yet. Does not pass when an experiment
 * cannot be replayed.
 * @throws FILE_EXISTS before any work; the codes of `recordShard`
 */
export async function predict(folder: string | undefined, options: PredictOptions): Promise<Outcome> {
  const write = { force: options.force === true };
  if (options.freeze !== undefined) checkFileDestination(options.freeze, write);
  const record = await recordShard(folder, options, { index: 1, count: 1 });
  const sha256 = fingerprint(record);
  if (options.freeze !== undefined) writeFileAtomic(options.freeze, [renderRecord(record)], write);
  const frozen = options.freeze === undefined ? undefined : { file: options.freeze, sha256 };
  return {
    text: (terminal) => renderPredictions(record, terminal, frozen),
    json: () => ({ sha256, record }),
    passed: record.experiments.every(({ outcomes, refusal }) =>
      refusal === undefined ? outcomes.every((outcome) => outcome.ok) : false,
    ),
  };
}
