import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { AnswerStream, type StreamReading } from '../../src/observe/stream-reading.js';

const event = (data: unknown): string =>
  `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const completion = (text: string, more: object = {}): string => event({ choices: [{ text, ...more }] });
const chat = (delta: object, more: object = {}): string => event({ choices: [{ delta, ...more }] });
const USAGE = event({
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 4 } },
});

/** Reads an answer that arrives in parts, the n-th at instant n. */
function read(...parts: readonly (string | Uint8Array)[]): StreamReading {
  const stream = new AnswerStream();
  parts.forEach((part, at) => stream.feed(typeof part === 'string' ? Buffer.from(part) : part, at));
  return stream.reading();
}

describe('an answer', () => {
  it('of a completion: every chunk is tokens, also without text; usage is not', () => {
    const reading = read(
      completion('a', { token_ids: [5] }),
      completion('', { token_ids: [6] }),
      completion('b', { finish_reason: 'length', token_ids: [7] }),
      USAGE,
      event('[DONE]'),
    );
    expect(reading).toEqual({
      chunkAtUs: [0, 1, 2],
      generated: { text: 'ab', tokenIds: [5, 6, 7] },
      isWhole: true,
      usage: { promptTokens: 9, outputTokens: 3, cachedTokens: 4 },
    });
  });

  it('of a chat: the role that begins it and the empty end are no tokens; reasoning is', () => {
    const reading = read(
      chat({ role: 'assistant', content: '' }),
      chat({ reasoning_content: 'hm' }),
      chat({ content: 'yes' }),
      chat({}, { finish_reason: 'stop' }),
    );
    expect(reading).toMatchObject({ chunkAtUs: [1, 2], generated: { text: 'yes' }, isWhole: true });
  });

  it('without end is not whole', () => {
    expect(read(completion('a'), completion('b')).isWhole).toBe(false);
  });

  it.each([
    [event({ error: { message: 'out of memory' } }), 'error in stream: out of memory'],
    [event('not json'), 'stream is not JSON'],
  ])('with an error says so', (text, error) => {
    expect(read(completion('a'), text).error).toBe(error);
  });

  const WHOLE = Buffer.from(
    `: comment\n\n${completion('é', { token_ids: [1] })}${completion('漢', { token_ids: [2] }).replaceAll('\n', '\r\n')}${USAGE}${event('[DONE]')}`,
  );
  test.prop([fc.array(fc.integer({ min: 0, max: WHOLE.length }), { maxLength: 12 })])(
    'reads the same wherever the network cuts it',
    (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), WHOLE.length];
      const parts = ends.map((end, i) => WHOLE.subarray(ends[i - 1] ?? 0, end));
      expect(read(...parts)).toMatchObject({
        generated: { text: 'é漢', tokenIds: [1, 2] },
        isWhole: true,
        usage: { outputTokens: 3 },
      });
    },
  );
});
