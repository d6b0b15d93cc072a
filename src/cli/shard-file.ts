import { TruelineError } from '../errors.js';
import type { ReplayRecord } from '../record/index.js';
import { renderPredictions } from '../report/index.js';
import type { Outcome } from './outcome.js';
import { renderRecord } from './record-file.js';
import { writeFileAtomic } from './write-atomic.js';

/**
 * Makes one shard and writes it. Passes whatever it holds: what could not be replayed counts when the shards are joined.
 * @throws USAGE, before any work, without a file to write
 */
export async function writeShard(
  { out, force }: { readonly out?: string; readonly force?: true },
  replay: () => Promise<ReplayRecord>,
): Promise<Outcome> {
  if (out === undefined)
    throw new TruelineError('USAGE', '--shard needs --out: its part of the result is of use in a file only', {
      hint: 'Add --out shard-1.json.',
    });
  const record = await replay();
  writeFileAtomic(out, [renderRecord(record)], { force: force === true });
  const { index, count } = record.shard;
  return {
    text: (terminal) =>
      `${renderPredictions(record, terminal)}\n\nWrote shard ${index} of ${count} to ${out}.`,
    json: () => record,
    passed: true,
  };
}
