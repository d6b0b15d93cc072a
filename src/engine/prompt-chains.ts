import type { PromptSegment, RequestTable } from './request-table.js';

/**
 * Block hashes of all prompts, as small integers. Two blocks have the same id exactly when their tokens and all tokens
 * before them are equal, which is when vLLM's chained hashes are. Blocks no other request can ever share get no id.
 * Source: vLLM v0.15.1, kv_cache_utils.py `hash_block_tokens`.
 */
export interface PromptChains {
  /** Number of distinct ids. */
  readonly hashes: number;
  /** The ids of prompt p are ids[start[p] … start[p] + length[p] − 1], first block first. */
  readonly ids: Int32Array;
  readonly start: Int32Array;
  readonly length: Int32Array;
}

/** Interns the prompts of a table for blocks of `blockSize` tokens. */
export function promptChains(table: RequestTable, blockSize: number): PromptChains {
  const usage = promptUsage(table);
  const prompts = usage.uses.length;
  const contentUses = countContents(table.prompts);
  const start = new Int32Array(prompts);
  const length = new Int32Array(prompts);
  const ids: number[] = [];
  const trie = new HashTrie();
  for (let prompt = 0; prompt < prompts; prompt++) {
    const segments = table.prompts[prompt] ?? [];
    const tokens = shareableTokens(segments, usage.uses[prompt]!, usage.maxTokens[prompt]!, contentUses);
    const blocks = Math.floor(tokens / blockSize);
    start[prompt] = ids.length;
    length[prompt] = blocks;
    if (segments.length === 0) trie.appendOwn(blocks, ids);
    else trie.appendSegments(segments, blocks, blockSize, ids);
  }
  return { hashes: trie.hashes, ids: Int32Array.from(ids), start, length };
}

function promptUsage(table: RequestTable): { uses: Int32Array; maxTokens: Int32Array } {
  let prompts = 0;
  for (const prompt of table.promptId) if (prompt >= prompts) prompts = prompt + 1;
  const uses = new Int32Array(prompts);
  const maxTokens = new Int32Array(prompts);
  for (let row = 0; row < table.count; row++) {
    const prompt = table.promptId[row]!;
    uses[prompt]! += 1;
    maxTokens[prompt] = Math.max(maxTokens[prompt]!, table.promptTokens[row]!);
  }
  return { uses, maxTokens };
}

/** In how many prompts each content occurs. */
function countContents(prompts: RequestTable['prompts']): Map<number, number> {
  const counts = new Map<number, number>();
  for (const segments of prompts) {
    for (const contentId of new Set(segments.map((segment) => segment.contentId)))
      counts.set(contentId, (counts.get(contentId) ?? 0) + 1);
  }
  return counts;
}

/** Leading tokens of a prompt that some other request may also begin with. */
function shareableTokens(
  segments: readonly PromptSegment[],
  uses: number,
  maxTokens: number,
  contentUses: ReadonlyMap<number, number>,
): number {
  if (uses > 1) return maxTokens;
  let tokens = 0;
  for (const [index, segment] of segments.entries()) {
    const empty = segment.tokens === 0 && index < segments.length - 1;
    if (!empty && (contentUses.get(segment.contentId) ?? 0) < 2) return Math.min(tokens, maxTokens);
    tokens = index === segments.length - 1 ? maxTokens : tokens + segment.tokens;
  }
  return Math.min(tokens, maxTokens);
}

/** Gives equal paths of blocks equal ids. */
class HashTrie {
  hashes = 0;
  readonly #children = new Map<string, number>();

  /** A prompt that begins like no other: fresh ids. */
  appendOwn(blocks: number, out: number[]): void {
    for (let i = 0; i < blocks; i++) out.push(this.hashes++);
  }

  appendSegments(segments: readonly PromptSegment[], blocks: number, blockSize: number, out: number[]): void {
    const cursor = { segment: 0, used: 0 };
    let parent = -1;
    for (let i = 0; i < blocks; i++) {
      const key = `${parent}:${nextBlock(segments, cursor, blockSize)}`;
      let id = this.#children.get(key);
      if (id === undefined) this.#children.set(key, (id = this.hashes++));
      out.push(id);
      parent = id;
    }
  }
}

/** Names the content of the next block as `content*tokens,…` and moves the cursor past it. */
function nextBlock(
  segments: readonly PromptSegment[],
  cursor: { segment: number; used: number },
  blockSize: number,
): string {
  let name = '';
  for (let left = blockSize; left > 0;) {
    const segment = segments[cursor.segment]!;
    const last = cursor.segment === segments.length - 1;
    const tokens = last ? left : Math.min(left, segment.tokens - cursor.used);
    if (tokens > 0) name += `${segment.contentId}*${tokens},`;
    left -= tokens;
    cursor.used += tokens;
    if (!last && cursor.used === segment.tokens) {
      cursor.segment++;
      cursor.used = 0;
    }
  }
  return name;
}
