import type { RequestTable } from '../engine/index.js';
import type { GeneratedContent } from './observed-request.js';
import { promptTokenIds, wordsOf } from './prompt-content.js';

/** Which route of the server is used: completions take token ids, chats take text. */
export type Endpoint = 'completions' | 'chat';

export const ENDPOINT_PATHS: Readonly<Record<Endpoint, string>> = {
  completions: '/v1/completions',
  chat: '/v1/chat/completions',
};

/** One message of a chat. */
interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** The prompt of a request, in both spellings. */
export interface Prompt {
  readonly tokenIds: readonly number[];
  readonly messages: readonly Message[];
}

/** A prompt that was answered: what the next turn begins with. */
export interface AnsweredPrompt extends Prompt {
  readonly answer: GeneratedContent;
}

/**
 * The prompt of a row.
 * @param before the turn it continues: its prompt, its answer and as many new tokens as the row asks for
 */
export function promptOf(table: RequestTable, row: number, seed: number, before?: AnsweredPrompt): Prompt {
  const content = promptTokenIds(table, row, seed);
  if (before === undefined)
    return { tokenIds: content, messages: [{ role: 'user', content: wordsOf(content) }] };
  const context = [...before.tokenIds, ...before.answer.tokenIds];
  // at least one token is new; content beyond the context differs from turn to turn because the context does
  const question = content.slice(Math.min(context.length, content.length - 1));
  return {
    tokenIds: [...context, ...question],
    messages: [
      ...before.messages,
      { role: 'assistant', content: before.answer.text },
      { role: 'user', content: wordsOf(question) },
    ],
  };
}

/**
 * The JSON body of a request. The server generates exactly the tokens asked for (`ignore_eos`, a vLLM extension) and counts
 * them itself (`include_usage`).
 * @param wantsTokenIds for prompts that a next turn repeats (`return_token_ids`, vLLM from 0.10)
 */
export function requestBody(
  endpoint: Endpoint,
  model: string,
  prompt: Prompt,
  outputTokens: number,
  wantsTokenIds: boolean,
): string {
  return JSON.stringify({
    model,
    ...(endpoint === 'chat' ? { messages: prompt.messages } : { prompt: prompt.tokenIds }),
    max_tokens: outputTokens,
    ignore_eos: true,
    stream: true,
    stream_options: { include_usage: true },
    ...(wantsTokenIds && { return_token_ids: true }),
  });
}
