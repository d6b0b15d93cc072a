import { describe, expect, it } from 'vitest';
import type { RequestTable } from '../../src/engine/index.js';
import { promptTokenIds, wordsOf } from '../../src/observe/prompt-content.js';
import { promptOf } from '../../src/observe/request-body.js';

/** Rows of prompt lengths and ids; prompts 1 and 2 share a system prompt of 8 tokens. */
const TABLE: RequestTable = {
  count: 5,
  arrivedAtUs: new Float64Array(5),
  promptTokens: Int32Array.from([20, 12, 30, 6, 20]),
  outputTokens: Int32Array.from([4, 4, 4, 4, 4]),
  promptId: Int32Array.from([1, 2, 1, 1, 3]),
  stage: new Uint16Array(5),
  prompts: [
    [],
    [
      { contentId: 0, tokens: 8 },
      { contentId: 1, tokens: 1 },
    ],
    [
      { contentId: 0, tokens: 8 },
      { contentId: 2, tokens: 1 },
    ],
  ],
};

const idsOf = (row: number, seed = 0): number[] => promptTokenIds(TABLE, row, seed);

describe('prompts as token ids', () => {
  it('have exactly the length asked for', () => {
    expect([0, 1, 2, 3, 4].map((row) => idsOf(row).length)).toEqual([20, 12, 30, 6, 20]);
  });

  it('share what the table says they share, and nothing else', () => {
    expect(idsOf(1).slice(0, 8)).toEqual(idsOf(0).slice(0, 8));
    expect(idsOf(1).slice(8, 12)).not.toEqual(idsOf(0).slice(8, 12));
    expect(idsOf(2).slice(0, 20)).toEqual(idsOf(0));
    expect(idsOf(3)).toEqual(idsOf(0).slice(0, 6));
    expect(idsOf(4).slice(0, 8)).not.toEqual(idsOf(0).slice(0, 8));
  });

  it('are the same for the same seed, others for another', () => {
    expect(idsOf(0)).toEqual(idsOf(0));
    expect(idsOf(0, 1)).not.toEqual(idsOf(0));
  });

  it('stay clear of special tokens and inside every vocabulary', () => {
    expect(Math.min(...idsOf(2))).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...idsOf(2))).toBeLessThan(32_000);
  });

  it('are a word a token as text', () => {
    expect(wordsOf(idsOf(0)).split(' ')).toHaveLength(20);
  });
});

describe('a turn', () => {
  const first = promptOf(TABLE, 3, 0);
  const answered = { ...first, answer: { text: 'fine', tokenIds: [7, 8, 9, 10] } };

  it('begins with the prompt before and its answer, and is as long as planned', () => {
    const next = promptOf(TABLE, 0, 0, answered);
    expect(next.tokenIds).toHaveLength(20);
    expect(next.tokenIds.slice(0, 10)).toEqual([...first.tokenIds, 7, 8, 9, 10]);
    expect(next.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(next.messages[1]?.content).toBe('fine');
  });

  it('asks something even when the answer was longer than planned', () => {
    const long = { ...first, answer: { text: '', tokenIds: Array.from({ length: 40 }, () => 5) } };
    expect(promptOf(TABLE, 0, 0, long).tokenIds).toHaveLength(47);
  });
});
