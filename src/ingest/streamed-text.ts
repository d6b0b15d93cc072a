import { asString, items, member } from './value-guards.js';

/**
 * Text that a chunk of an OpenAI-compatible stream carries: completions have it in `text`, chats in `delta.content`. Empty for
 * role chunks, usage chunks and `[DONE]`.
 */
export function streamedText(chunk: unknown): string {
  const choice = items(member(chunk, 'choices'))[0];
  return asString(member(choice, 'text')) ?? asString(member(member(choice, 'delta'), 'content')) ?? '';
}
