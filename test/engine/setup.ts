import { expect } from 'vitest';
import type { LatencyModel } from '../../src/coefficients/latency-model.js';
import type { PromptSegment, RequestTable } from '../../src/engine/index.js';
import type { ErrorCode } from '../../src/errors.js';
import type { BatchShape } from '../../src/trace/batch-shape.js';
import type { GpuSpec } from '../../src/trace/gpu-spec.js';
import type { ModelArch } from '../../src/trace/model-arch.js';
import { DEFAULT_SERVER, type ServerConfig } from '../../src/trace/server-config.js';

/** Llama-3.1-8B as published (meta-llama/Llama-3.1-8B config.json). */
export const LLAMA_8B: ModelArch = {
  name: 'meta-llama/Llama-3.1-8B',
  family: 'llama',
  layers: 32,
  hiddenSize: 4096,
  queryHeads: 32,
  kvHeads: 8,
  headDim: 128,
  vocabSize: 128256,
  tiedEmbeddings: false,
  ffnSize: 14336,
  weightBytes: { attention: 2, ffn: 2, experts: 2, sharedExpert: 2, vocabulary: 2 },
  kvBytes: 2,
  precision: 'bf16',
  maxContextTokens: 131072,
  sampling: { topPOrTopK: true, repetitionPenalty: 1 },
};

export const H100: GpuSpec = {
  name: 'H100',
  aliases: [],
  bf16FlopPerUs: 989.5e6,
  hbmBytesPerUs: 3.35e6,
  memoryBytes: 79.15 * 2 ** 30,
  linkBytesPerUs: 450e3,
  l2Bytes: 50e6,
  hostLinkBytesPerUs: 64e3,
  source: 'NVIDIA H100 data sheet',
};

/** Price of a batch as a sum of a few linear terms, in µs. */
export interface AffinePrice {
  readonly stepUs: number;
  readonly prefillTokenUs: number;
  readonly decodeUs: number;
  readonly contextTokenUs: number;
}

/** A latency model simple enough to work by hand. */
export function affineLatency(
  price: AffinePrice,
  overheads: Partial<Omit<LatencyModel, 'stepUs' | 'decodeStepUs'>> = {},
): LatencyModel {
  return {
    stepUs: (batch: Readonly<BatchShape>) =>
      price.stepUs +
      price.prefillTokenUs * batch.prefillTokens +
      price.decodeUs * batch.decodeRequests +
      price.contextTokenUs * (batch.decodeContextTokens + batch.prefillContextTokens),
    decodeStepUs: (decodeRequests, contextTokens) =>
      price.stepUs + price.decodeUs * decodeRequests + price.contextTokenUs * contextTokens,
    frontBeforeUs: overheads.frontBeforeUs ?? 0,
    frontAfterUs: overheads.frontAfterUs ?? 0,
    frontAfterPerOutputTokenUs: overheads.frontAfterPerOutputTokenUs ?? 0,
    hostStepUs: overheads.hostStepUs ?? 0,
  };
}

export const server = (changes: Partial<ServerConfig> = {}): ServerConfig => ({
  ...DEFAULT_SERVER,
  ...changes,
});

/** A request as tests write it down. */
export interface Row {
  readonly at: number;
  readonly prompt: number;
  readonly output: number;
  readonly promptId?: number;
  readonly stage?: number;
  readonly priority?: number;
  /** Ends with this output token, unforeseen. */
  readonly stop?: number;
  /** Its client gives up so many µs after sending it. */
  readonly abortAfter?: number;
}

/** A request table from rows; a row without promptId has a prompt of its own. */
export function table(
  rows: readonly Row[],
  options: { prompts?: readonly (readonly PromptSegment[])[]; stageGapUs?: number } = {},
): RequestTable {
  return {
    count: rows.length,
    arrivedAtUs: Float64Array.from(rows, (row) => row.at),
    promptTokens: Int32Array.from(rows, (row) => row.prompt),
    outputTokens: Int32Array.from(rows, (row) => row.output),
    promptId: Int32Array.from(rows, (row, index) => row.promptId ?? 1000 + index),
    stage: Uint16Array.from(rows, (row) => row.stage ?? 0),
    prompts: options.prompts ?? [],
    priority: Int32Array.from(rows, (row) => row.priority ?? 0),
    ...(rows.some((row) => row.stop !== undefined) && {
      stopAfterTokens: Int32Array.from(rows, (row) => row.stop ?? row.output),
    }),
    ...(rows.some((row) => row.abortAfter !== undefined) && {
      abortAfterUs: Float64Array.from(rows, (row) => row.abortAfter ?? Infinity),
    }),
    ...(options.stageGapUs !== undefined && { stageGapUs: options.stageGapUs }),
  };
}

/** Matches the error with this code and message. */
export const refusal = (code: ErrorCode, message: string): unknown =>
  expect.objectContaining({ code, message });
