import type { LatencyModel } from '../coefficients/latency-model.js';
import { TruelineError } from '../errors.js';
import type { ModelArch } from '../trace/model-arch.js';
import type { ServerConfig } from '../trace/server-config.js';
import { isClosedLoop } from './closed-loop.js';
import type { EngineLimits } from './engine-limits.js';
import type { RankLatency } from './lock-step-ranks.js';
import type { RequestTable } from './request-table.js';
import { validateClosedLoop } from './validate-closed-loop.js';

/** Tables have a row for each of these; far beyond what is served. */
const LARGEST = { maxNumSeqs: 2 ** 16, maxNumBatchedTokens: 2 ** 22 } as const;

/**
 * Refuses a server the engine cannot be.
 * @throws ENGINE_INVALID. Source of the limits: vLLM v0.15.1, config/scheduler.py, config/cache.py.
 */
export function validateServer(server: ServerConfig): void {
  const wholes = [
    'tensorParallelSize',
    'maxNumSeqs',
    'maxNumBatchedTokens',
    'blockSizeTokens',
    'dataParallelSize',
  ] as const;
  for (const field of wholes) {
    if (!Number.isInteger(server[field]) || server[field] < 1)
      throw invalidServer(`${field} is ${server[field]}`, 'Use a whole number of at least 1.');
  }
  for (const field of ['maxNumSeqs', 'maxNumBatchedTokens'] as const) {
    if (server[field] > LARGEST[field])
      throw invalidServer(`${field} is ${server[field]}`, `Use at most ${LARGEST[field]}.`);
  }
  if (!Number.isInteger(server.longPrefillTokenThreshold) || server.longPrefillTokenThreshold < 0) {
    throw invalidServer(
      `longPrefillTokenThreshold is ${server.longPrefillTokenThreshold}`,
      'Use 0 (off) or a whole number.',
    );
  }
  const ratio = server.gpuMemoryUtilizationRatio;
  if (!(ratio > 0 && ratio <= 1))
    throw invalidServer(`gpuMemoryUtilizationRatio is ${ratio}`, 'Use a number above 0, at most 1.');
  if (server.maxNumSeqs > server.maxNumBatchedTokens) {
    throw invalidServer(
      `maxNumSeqs ${server.maxNumSeqs} exceeds maxNumBatchedTokens ${server.maxNumBatchedTokens}`,
      'Lower maxNumSeqs: vLLM refuses to start like this.',
    );
  }
  const blocks = server.totalKvBlocks;
  if (blocks !== undefined && (!Number.isInteger(blocks) || blocks < 2))
    throw invalidServer(`totalKvBlocks is ${blocks}`, 'Use a whole number of at least 2.');
}

/**
 * Refuses a model whose attention heads cannot be split over the tensor-parallel ranks.
 * @throws ENGINE_INVALID. Source: vLLM v0.15.1, config/model.py `verify_with_parallel_config`; model_executor/models/llama.py
 * for KV heads, which are split evenly, or copied evenly when there are fewer of them than ranks.
 */
export function validateHeadSplit(
  { name, queryHeads, kvHeads }: ModelArch,
  { tensorParallelSize: ranks }: ServerConfig,
): void {
  const kvHeadsFit = kvHeads % ranks === 0 || ranks % kvHeads === 0;
  if (queryHeads % ranks === 0 && kvHeadsFit) return;
  throw invalidServer(
    `${name} has ${queryHeads} query and ${kvHeads} KV heads, which ${ranks} ranks cannot share`,
    'Use a tensorParallelSize that divides the query heads, and divides or is a multiple of the KV heads.',
  );
}

/**
 * Refuses data-parallel ranks of a mixture of experts that cannot be simulated.
 * @throws ENGINE_INVALID without a price of such ranks, and for a CPU tier.
 */
export function validateRanks(latency: LatencyModel, limits: EngineLimits): asserts latency is RankLatency {
  const ranks = 'data-parallel ranks of a mixture of experts';
  if (latency.rankStepUs === undefined)
    throw invalidServer(`the latency model has no price for ${ranks}`, 'Use coefficients of `op-roofline`.');
  if (limits.cpuTier !== undefined)
    throw invalidServer(
      `cpuKvBlocks is ${limits.cpuTier.blocks} for ${ranks}`,
      'Leave it out: it is not simulated.',
    );
}

/** @throws ENGINE_INVALID when a delay of the latency model is not a time. */
export function validateLatency(latency: LatencyModel): void {
  for (const field of [
    'frontBeforeUs',
    'frontAfterUs',
    'frontAfterPerOutputTokenUs',
    'hostStepUs',
  ] as const) {
    const us = latency[field] ?? 0;
    if (!(us >= 0 && us < Infinity))
      throw invalidServer(
        `the latency model has ${field} ${us}`,
        'Check the coefficients: use a finite time of at least 0.',
      );
  }
}

/**
 * Refuses requests that cannot be simulated: bad numbers, disorder, or a request the server could never finish.
 * @param contextTokens the server's `maxModelLenTokens`, or vLLM's default for it: the model's longest context
 * @throws WORKLOAD_INVALID naming the first bad row
 */
export function validateRequests(table: RequestTable, contextTokens: number, limits: EngineLimits): void {
  if (table.count === 0) throw invalidRow('there are no requests', 'Add at least one request.');
  const closedLoop = isClosedLoop(table);
  let prompts = 0;
  for (let row = 0; row < table.count; row++) {
    checkNumbers(table, row);
    checkFits(table, row, contextTokens, limits);
    if (!closedLoop) checkOrder(table, row);
    if (table.promptId[row]! >= prompts) prompts = table.promptId[row]! + 1;
  }
  // Tables are indexed by prompt id, so ids must be (nearly) dense.
  if (prompts > Math.max(table.prompts.length, 2 * table.count + 1024))
    throw invalidRow(`promptId reaches ${prompts - 1} in ${table.count} requests`, 'Number prompts from 0.');
  if (closedLoop) validateClosedLoop(table);
}

function checkNumbers(table: RequestTable, row: number): void {
  const at = table.arrivedAtUs[row]!;
  if (!(at >= 0 && at < Infinity))
    throw invalidRow(`request ${row} arrives at ${at} µs`, 'Use instants of at least 0.');
  if (!(table.promptTokens[row]! >= 1))
    throw invalidRow(`request ${row} has ${table.promptTokens[row]} promptTokens`, 'Use at least 1.');
  if (!(table.outputTokens[row]! >= 1))
    throw invalidRow(`request ${row} has ${table.outputTokens[row]} outputTokens`, 'Use at least 1.');
  const stopAfter = table.stopAfterTokens?.[row] ?? 1;
  if (!(stopAfter >= 1 && stopAfter <= table.outputTokens[row]!))
    throw invalidRow(
      `request ${row} has stopAfterTokens ${stopAfter} of ${table.outputTokens[row]} outputTokens`,
      'Use 1 … outputTokens.',
    );
  const abortAfterUs = table.abortAfterUs?.[row] ?? Infinity;
  if (!(abortAfterUs >= 0))
    throw invalidRow(`request ${row} has abortAfterUs ${abortAfterUs}`, 'Use a time of at least 0.');
  if (!(table.promptId[row]! >= 0))
    throw invalidRow(`request ${row} has promptId ${table.promptId[row]}`, 'Number prompts from 0.');
}

function checkFits(table: RequestTable, row: number, contextTokens: number, limits: EngineLimits): void {
  const tokens = table.promptTokens[row]! + table.outputTokens[row]!;
  // The last output token is never computed, so it needs no room.
  const blocks = Math.ceil((tokens - 1) / limits.blockSize);
  if (blocks > limits.usableBlocks) {
    throw invalidRow(
      `${lengths(table, row)}, which need ${blocks} KV blocks of ${limits.usableBlocks}`,
      'Drop it, or give the server more KV blocks.',
    );
  }
  if (tokens > contextTokens)
    throw invalidRow(
      `${lengths(table, row)}; the longest context is ${contextTokens}`,
      'Drop it: vLLM would reject it.',
    );
  if (!limits.chunkedPrefill && Math.min(tokens - 1, limits.chunkTokens) > limits.maxNumBatchedTokens) {
    throw invalidRow(
      `${lengths(table, row)}; without chunked prefill only ${limits.maxNumBatchedTokens} fit a step`,
      'Raise maxNumBatchedTokens or turn chunkedPrefill on.',
    );
  }
}

const lengths = (table: RequestTable, row: number): string =>
  `request ${row} has ${table.promptTokens[row]} prompt and ${table.outputTokens[row]} output tokens`;

function checkOrder(table: RequestTable, row: number): void {
  if (row === 0) return;
  const stages = table.stage[row]! - table.stage[row - 1]!;
  const sameClock = table.stageGapUs === undefined || stages === 0;
  if (
    (table.stageGapUs !== undefined && stages < 0) ||
    (sameClock && table.arrivedAtUs[row]! < table.arrivedAtUs[row - 1]!)
  )
    throw invalidRow(
      `request ${row} arrives before request ${row - 1}`,
      'Sort requests by stage and arrival.',
    );
}

const invalidServer = (found: string, hint: string): TruelineError =>
  new TruelineError('ENGINE_INVALID', found, { hint });
const invalidRow = (found: string, hint: string): TruelineError =>
  new TruelineError('WORKLOAD_INVALID', found, { hint });
