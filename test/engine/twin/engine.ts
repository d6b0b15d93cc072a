import type { LatencyModel } from '../../../src/coefficients/latency-model.js';
import type { RequestTable } from '../../../src/engine/index.js';
import { emptyBatch, type BatchShape } from '../../../src/trace/batch-shape.js';
import type { ServerConfig } from '../../../src/trace/server-config.js';
import { twinRequest } from './request.js';
import { TwinScheduler, type TwinChunk } from './scheduler.js';

export interface TwinRow {
  arrivedAtUs: number;
  queuedAtUs: number;
  scheduledAtUs: number;
  firstTokenAtUs: number;
  finishedAtUs: number;
  cachedTokens: number;
  preemptions: number;
  scheduledStep: number;
  firstTokenStep: number;
  finishedStep: number;
  arrivedStep: number;
}

export interface TwinStep extends BatchShape {
  id: number;
  scheduledAtUs: number;
  startedAtUs: number;
  periodUs: number;
  running: number;
  waiting: number;
  kvBlocksUsed: number;
}

export interface TwinResult {
  readonly rows: TwinRow[];
  readonly steps: TwinStep[];
}

interface Dispatched {
  readonly step: number;
  readonly chunks: readonly TwinChunk[];
  readonly endUs: number;
}

/** The whole engine, step by step: vLLM v0.15.1 core.py `run_busy_loop`, `step`, `step_with_batch_queue`. */
export function simulateTwin(table: RequestTable, server: ServerConfig, latency: LatencyModel): TwinResult {
  const scheduler = new TwinScheduler(server);
  const rows: TwinRow[] = [];
  const steps: TwinStep[] = [];
  const queue: Dispatched[] = [];
  const depth = server.asyncScheduling ? 2 : 1;
  let nowUs = 0;
  let gpuFreeUs = 0;
  let id = 0;

  /** When the client sends a row, or undefined while its stage is closed. */
  const sentUs = (row: number): number | undefined => {
    if (table.stageGapUs === undefined) return table.arrivedAtUs[row]!;
    const before = Array.from(table.stage.keys()).filter((other) => table.stage[other]! < table.stage[row]!);
    if (before.some((other) => !((rows[other]?.finishedAtUs ?? NaN) >= 0))) return undefined;
    const lastResponseUs = Math.max(...before.map((other) => rows[other]!.finishedAtUs));
    return (before.length === 0 ? 0 : lastResponseUs + table.stageGapUs) + table.arrivedAtUs[row]!;
  };

  for (let turn = 0; ; turn++) {
    if (turn > 1e5) throw new Error('the twin does not come to an end');
    const next = rows.length < table.count ? sentUs(rows.length) : undefined;
    if (scheduler.unfinished === 0 && !scheduler.finishedSinceSchedule && queue.length === 0) {
      if (next === undefined) break;
      nowUs = Math.max(nowUs, next + latency.frontBeforeUs);
    }
    for (let row = rows.length; row < table.count; row++) {
      const atUs = sentUs(row);
      if (atUs === undefined || atUs + latency.frontBeforeUs > nowUs) break;
      const inboxUs = atUs + latency.frontBeforeUs;
      scheduler.add(twinRequest(table, row, atUs));
      rows.push({
        arrivedAtUs: atUs,
        queuedAtUs: nowUs,
        scheduledAtUs: NaN,
        firstTokenAtUs: NaN,
        finishedAtUs: NaN,
        cachedTokens: -1,
        preemptions: 0,
        scheduledStep: -1,
        firstTokenStep: -1,
        finishedStep: -1,
        arrivedStep: steps.findLastIndex(
          (s) => s.startedAtUs <= inboxUs && inboxUs < s.startedAtUs + s.periodUs,
        ),
      });
    }
    let executed = false;
    if (scheduler.unfinished > 0 || scheduler.finishedSinceSchedule) {
      const chunks = scheduler.schedule();
      id++;
      executed = chunks.length > 0;
      if (executed) {
        const batch = shapeOf(chunks);
        const periodUs = latency.stepUs(batch);
        const scheduledAtUs = nowUs;
        nowUs += latency.hostStepUs;
        const startedAtUs = Math.max(gpuFreeUs, nowUs);
        gpuFreeUs = startedAtUs + periodUs;
        for (const { request } of chunks) {
          const row = rows[request.row]!;
          if (row.scheduledStep >= 0) continue;
          row.scheduledStep = steps.length;
          row.scheduledAtUs = scheduledAtUs;
        }
        queue.push({ step: steps.length, chunks, endUs: gpuFreeUs });
        steps.push({
          ...batch,
          id,
          scheduledAtUs,
          startedAtUs,
          periodUs,
          running: scheduler.running.length,
          waiting: scheduler.waiting.length,
          kvBlocksUsed: server.totalKvBlocks! - 1 - scheduler.pool.freeQueue.length,
        });
        if (queue.length < depth && queue[0]!.endUs > nowUs) continue;
      } else queue.push({ step: -1, chunks: [], endUs: nowUs });
    }
    const oldest = queue.shift();
    if (oldest !== undefined) {
      nowUs = Math.max(nowUs, oldest.endUs);
      for (const { row, finished } of scheduler.update(oldest.chunks)) {
        const entry = rows[row]!;
        const clientUs = nowUs + latency.frontAfterUs;
        if (entry.firstTokenStep < 0) {
          entry.firstTokenStep = oldest.step;
          entry.firstTokenAtUs = clientUs;
        }
        if (finished) {
          entry.finishedStep = oldest.step;
          entry.finishedAtUs = clientUs;
        }
      }
    }
    if (!executed && scheduler.unfinished > 0) nowUs += 1000;
  }
  rows.forEach((row, index) => {
    row.cachedTokens = scheduler.cachedTokens.get(index)!;
    row.preemptions = scheduler.preemptions.get(index) ?? 0;
  });
  return { rows, steps };
}

function shapeOf(chunks: readonly TwinChunk[]): BatchShape {
  const batch = emptyBatch();
  for (const { request, tokens, computedBefore, resumedOrNew, prefill } of chunks) {
    const context = computedBefore + tokens;
    if (resumedOrNew) batch.newRequests++;
    if (!prefill) {
      batch.decodeRequests++;
      batch.decodeContextTokens += context;
      continue;
    }
    batch.prefillRequests++;
    batch.prefillTokens += tokens;
    batch.prefillContextTokens += context;
    batch.prefillAttentionPairs += tokens * (computedBefore + tokens / 2);
    batch.prefillPromptPairs += tokens * (request.numPromptTokens + tokens / 2);
  }
  return batch;
}
