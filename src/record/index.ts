/**
 * Replays kept apart from what they will be compared with: predictions frozen before a GPU run, and shards of a validation
 * that ran on many machines. A record says from what each prediction was made, and is refused when that changed since.
 */
export {
  inShard,
  replayedFromRecords,
  toRecord,
  type RecordedExperiment,
  type ReplayRecord,
  type Shard,
} from './replay-record.js';
