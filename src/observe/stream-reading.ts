import { createParser } from 'eventsource-parser';
import { asNumber, asString, items, member, streamedText } from '../ingest/index.js';
import type { GeneratedContent, ServerUsage } from './observed-request.js';

/** What has come of an event stream so far. */
export interface StreamReading {
  readonly chunkAtUs: readonly number[];
  readonly generated: GeneratedContent;
  readonly usage?: ServerUsage;
  /** True once the server said that the answer is whole. */
  readonly isWhole: boolean;
  /** An error that the server sent inside the stream. */
  readonly error?: string;
}

/**
 * True for an event that carries generated tokens, even when their text is still empty (part of a character, or a special
 * token). Chats begin with an event that only has a role, and may end with one that is empty.
 */
function carriesTokens(event: unknown): boolean {
  const choice = items(member(event, 'choices'))[0];
  if (choice === undefined) return false;
  const delta = member(choice, 'delta');
  if (delta === undefined || items(member(choice, 'token_ids')).length > 0) return true;
  if (streamedText(event) !== '' || reasoningOf(delta) !== '') return true;
  return member(delta, 'content') !== undefined && member(delta, 'role') === undefined;
}

const reasoningOf = (delta: unknown): string =>
  asString(member(delta, 'reasoning_content')) ?? asString(member(delta, 'reasoning')) ?? '';

function usageOf(event: unknown): ServerUsage | undefined {
  const usage = member(event, 'usage');
  const promptTokens = asNumber(member(usage, 'prompt_tokens'));
  const outputTokens = asNumber(member(usage, 'completion_tokens'));
  if (promptTokens === undefined || outputTokens === undefined) return undefined;
  const cachedTokens = asNumber(member(member(usage, 'prompt_tokens_details'), 'cached_tokens'));
  return { promptTokens, outputTokens, ...(cachedTokens === undefined ? {} : { cachedTokens }) };
}

function jsonOf(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}

/** Reads the event stream of one OpenAI-compatible answer as its bytes arrive. */
export class AnswerStream {
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({
    onEvent: ({ data }) => {
      this.#addEvent(data);
    },
  });
  readonly #chunkAtUs: number[] = [];
  readonly #tokenIds: number[] = [];
  #text = '';
  #usage: ServerUsage | undefined;
  #isWhole = false;
  #error: string | undefined;
  #atUs = 0;

  /** @param atUs when these bytes arrived */
  feed(bytes: Uint8Array, atUs: number): void {
    this.#atUs = atUs;
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
  }

  reading(): StreamReading {
    return {
      chunkAtUs: this.#chunkAtUs,
      generated: { text: this.#text, tokenIds: this.#tokenIds },
      isWhole: this.#isWhole,
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
      ...(this.#error === undefined ? {} : { error: this.#error }),
    };
  }

  #addEvent(data: string): void {
    if (data === '[DONE]') {
      this.#isWhole = true;
      return;
    }
    const event = jsonOf(data);
    const error = member(event, 'error');
    if (event === undefined) this.#error = 'stream is not JSON';
    else if (error !== undefined && error !== null)
      this.#error = `error in stream: ${asString(member(error, 'message')) ?? 'no message'}`;
    else this.#addChunk(event);
  }

  #addChunk(event: unknown): void {
    this.#usage = usageOf(event) ?? this.#usage;
    const choice = items(member(event, 'choices'))[0];
    if (carriesTokens(event)) this.#chunkAtUs.push(this.#atUs);
    this.#text += streamedText(event);
    this.#tokenIds.push(...items(member(choice, 'token_ids')).flatMap((id) => asNumber(id) ?? []));
    if (asString(member(choice, 'finish_reason')) !== undefined) this.#isWhole = true;
  }
}
