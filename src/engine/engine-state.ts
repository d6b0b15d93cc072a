import { emptyBatch, type BatchShape } from '../trace/batch-shape.js';
import { BlockPool } from './block-pool.js';
import { BlockTables } from './block-tables.js';
import { newCpuTier, type CpuTier } from './cpu-tier/cpu-tier.js';
import { DecodeSet } from './decode-set.js';
import type { EngineLimits } from './engine-limits.js';
import { PrivateHashes } from './private-hashes.js';
import { promptChains, type PromptChains } from './prompt-chains.js';
import { RequestLog } from './request-log.js';
import type { RequestTable } from './request-table.js';
import { RowList } from './row-list.js';
import { Seats } from './seats.js';
import { FcfsQueue, PriorityQueue, type WaitingQueue } from './waiting-queue.js';

/** What kept a request waiting when a scheduling pass ended. */
export const LIMITED_BY_NOTHING = 0;
export const LIMITED_BY_SEATS = 1;
export const LIMITED_BY_KV = 2;

/**
 * Everything `schedule()` reads and changes. Steps are numbered from 0 and count batches with at least one token, so a
 * step number is also the row of that step in the trace.
 */
export interface EngineState {
  readonly limits: EngineLimits;
  readonly table: RequestTable;
  readonly chains: PromptChains;
  readonly log: RequestLog;
  readonly pool: BlockPool;
  readonly blocks: BlockTables;
  readonly privateHashes: PrivateHashes;
  /** Undefined when KV blocks are not offloaded. */
  readonly tier: CpuTier | undefined;
  readonly waiting: WaitingQueue;
  readonly seats: Seats;
  readonly decodes: DecodeSet;
  /** Seats in prefill, in admission order. */
  readonly prefills: RowList;
  /** Output tokens of each request the engine knew when it was last preempted; 0 before. */
  readonly outputsKnown: Int32Array;
  /** Rows whose first token comes from step t, under t modulo 2 (two steps at most are in flight). */
  readonly firstTokenRows: readonly RowList[];
  /** Rows preempted while step t was computing a token for them, under t modulo 2. */
  readonly preemptedRows: readonly RowList[];
  /** The batch of the step being formed, or formed last. */
  readonly batch: BatchShape;
  /** The step being formed. */
  step: number;
  /** Last step whose tokens the engine has. */
  processedStep: number;
  /** Last step that was formed with no other in flight. */
  coldStep: number;
  /** Of the step being formed. */
  scheduledAtUs: number;
  stepTokens: number;
  stepPreemptions: number;
  stepAdmissions: number;
  limitedBy: number;
  /**
   * The head of the queue lacks blocks, and nothing has happened since that could change this: steps of decodes and
   * nothing else only make free blocks fewer and its chunk larger.
   */
  headBlocked: boolean;
  /** Some request has ended since the last `schedule()`. */
  endedSinceSchedule: boolean;
  /** Of the whole run. */
  preemptions: number;
}

/** An idle engine with an empty cache. @param log written to; shared by the replicas of a server */
export function newEngineState(
  table: RequestTable,
  limits: EngineLimits,
  log: RequestLog = new RequestLog(table.count),
): EngineState {
  const { blockSize, usableBlocks } = limits;
  const capacity = Math.min(limits.maxNumSeqs, table.count);
  const chains = promptChains(table, blockSize);
  const pool = new BlockPool(usableBlocks, chains.hashes);
  const seats = new Seats(capacity);
  const largest = largestRequest(table);
  return {
    limits,
    table,
    chains,
    log,
    pool,
    blocks: new BlockTables(pool, capacity, Math.ceil(largest.tokens / blockSize)),
    privateHashes: new PrivateHashes(pool.prefix, chains.hashes),
    tier: newCpuTier(limits, table.count),
    waiting: limits.priority
      ? new PriorityQueue(table.priority ?? new Int32Array(table.count))
      : new FcfsQueue(table.count),
    seats,
    decodes: new DecodeSet(seats, blockSize, largest.outputTokens),
    prefills: new RowList(capacity),
    outputsKnown: new Int32Array(table.count),
    firstTokenRows: [new RowList(capacity), new RowList(capacity)],
    preemptedRows: [new RowList(capacity), new RowList(capacity)],
    batch: emptyBatch(),
    step: 0,
    processedStep: -1,
    coldStep: -1,
    scheduledAtUs: 0,
    stepTokens: 0,
    stepPreemptions: 0,
    stepAdmissions: 0,
    limitedBy: LIMITED_BY_NOTHING,
    headBlocked: false,
    endedSinceSchedule: false,
    preemptions: 0,
  };
}

function largestRequest({ count, promptTokens, outputTokens }: RequestTable) {
  const largest = { tokens: 0, outputTokens: 0 };
  for (let row = 0; row < count; row++) {
    largest.tokens = Math.max(largest.tokens, promptTokens[row]! + outputTokens[row]!);
    largest.outputTokens = Math.max(largest.outputTokens, outputTokens[row]!);
  }
  return largest;
}

/** Requests that wait or run. */
export const unfinishedRequests = ({ seats, waiting }: EngineState): number => seats.count + waiting.size;

/** Whether to call `schedule()`: requests that ended since the last call make it run once more, to tell the workers. */
export const hasRequests = (engine: EngineState): boolean =>
  unfinishedRequests(engine) > 0 || engine.endedSinceSchedule;

/** Tokens that may still be scheduled in the step being formed. */
export const budgetLeft = (engine: EngineState): number =>
  engine.limits.maxNumBatchedTokens - engine.stepTokens;

/** Leading blocks of a request whose content others may share: of its prompt, and in conversations of its output. */
export function sharedBlocks({ chains, table, limits }: EngineState, row: number): number {
  const outputTokens = table.follows === undefined ? 0 : table.outputTokens[row]!;
  return Math.min(
    chains.length[table.promptId[row]!]!,
    Math.floor((table.promptTokens[row]! + outputTokens) / limits.blockSize),
  );
}

/** Hash id of shared block `index` of a request. */
export const sharedHash = (engine: EngineState, row: number, index: number): number =>
  engine.chains.ids[engine.chains.start[engine.table.promptId[row]!]! + index]!;
