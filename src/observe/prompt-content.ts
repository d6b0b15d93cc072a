import type { RequestTable } from '../engine/index.js';
import { randomStream } from '../random.js';

/** Ids below hold special tokens, and every vocabulary in use is larger than those above. */
const FIRST_TOKEN_ID = 1000;
const TOKEN_IDS = 29_000;

/** Short words that byte-pair vocabularies hold as one token each, with the space before them. */
const WORDS = (
  'time year people way day man thing woman life child world school state family student group country problem hand part ' +
  'place case week company system program question work government number night point home water room mother area money ' +
  'story fact month lot right study book eye job word business issue side kind head house service friend father power hour'
).split(' ');

/** A run of content: the same name and seed always give the same tokens, a shorter run being a prefix of a longer one. */
function contentIds(seed: number, name: string, tokens: number): number[] {
  const random = randomStream(seed, `prompt/${name}`);
  return Array.from({ length: tokens }, () => FIRST_TOKEN_ID + random.integer(TOKEN_IDS));
}

/**
 * Token ids of a row's prompt. Rows share beginnings exactly as the table says: by prompt id, and by the content of its
 * segments, of which the last stretches or ends where the prompt does.
 */
export function promptTokenIds(table: RequestTable, row: number, seed: number): number[] {
  const wanted = table.promptTokens[row]!;
  const promptId = table.promptId[row]!;
  const segments = table.prompts[promptId];
  if (segments === undefined || segments.length === 0) return contentIds(seed, `own/${promptId}`, wanted);
  const ids: number[] = [];
  for (const [i, { contentId, tokens }] of segments.entries()) {
    const room = wanted - ids.length;
    const length = i === segments.length - 1 ? room : Math.min(tokens, room);
    ids.push(...contentIds(seed, `segment/${contentId}`, length));
  }
  return ids;
}

/** The same content as words, about one token each: chat servers tokenise text, so lengths are near, not exact. */
export const wordsOf = (tokenIds: readonly number[]): string =>
  tokenIds.map((id) => WORDS[id % WORDS.length]).join(' ');
