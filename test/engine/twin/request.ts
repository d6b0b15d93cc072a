import type { RequestTable } from '../../../src/engine/index.js';
import type { TwinBlock } from './blocks.js';

/** One request with every token spelled out. Field names follow vLLM's request.py. */
export interface TwinRequest {
  readonly row: number;
  readonly arrivedAtUs: number;
  readonly priority: number;
  readonly numPromptTokens: number;
  readonly maxTokens: number;
  /** Output tokens up to the end-of-sequence token. */
  readonly stopAfterTokens: number;
  /** Known tokens, by content. */
  readonly tokens: string[];
  status: 'waiting' | 'loading' | 'running' | 'preempted' | 'finished';
  /** Known tokens when it was last admitted: what its prefill computes. */
  knownAtAdmission: number;
  numComputedTokens: number;
  numOutputPlaceholders: number;
  blocks: TwinBlock[];
  /** Leading blocks of `blocks` that are registered in the prefix cache. */
  numCachedBlocks: number;
}

export function twinRequest(table: RequestTable, row: number, arrivedAtUs: number): TwinRequest {
  return {
    row,
    arrivedAtUs,
    priority: table.priority?.[row] ?? 0,
    numPromptTokens: table.promptTokens[row]!,
    maxTokens: table.outputTokens[row]!,
    stopAfterTokens: table.stopAfterTokens?.[row] ?? Infinity,
    tokens: promptTokens(table, row),
    status: 'waiting',
    knownAtAdmission: 0,
    numComputedTokens: 0,
    numOutputPlaceholders: 0,
    blocks: [],
    numCachedBlocks: 0,
  };
}

function promptTokens(table: RequestTable, row: number): string[] {
  const promptId = table.promptId[row]!;
  const segments = table.prompts[promptId] ?? [{ contentId: -1 - promptId, tokens: 1 }];
  const tokens: string[] = [];
  segments.forEach((segment, index) => {
    const length = index === segments.length - 1 ? Infinity : segment.tokens;
    for (let i = 0; i < length && tokens.length < table.promptTokens[row]!; i++)
      tokens.push(`${segment.contentId}.${i}`);
  });
  return tokens;
}

/** The chained hash of a block is the text of everything up to its end. */
export const blockHash = (request: TwinRequest, blockSize: number, index: number): string =>
  request.tokens.slice(0, (index + 1) * blockSize).join(' ');
