import { parseJson } from '../text/parse-document.js';
import { streamedText } from './streamed-text.js';
import { asNumber, asString, items, member } from './value-guards.js';

/** When tokens reached the client, and how many there were, from one entry of a per-request report; seconds. */
export interface TokenTimes {
  readonly firstS: number | undefined;
  readonly lastS: number | undefined;
  /** Tokens the server counted. */
  readonly serverTokens: number | undefined;
  /** Tokens the client counted by tokenising the returned text again. */
  readonly clientTokens: number | undefined;
}

const numbers = (value: unknown): number[] => items(value).flatMap((entry) => asNumber(entry) ?? []);

/** True when a streamed chunk carries text (role chunks, usage chunks and `[DONE]` do not). */
function hasText(chunk: unknown, file: string): boolean {
  const text = asString(chunk);
  return text !== undefined && streamedText(parseJson(text, file)) !== '';
}

/** Releases from v0.5 keep chunks beside their times; older ones keep times of stream lines or events only. */
function timesOf(info: unknown, response: unknown, file: string): readonly number[] {
  if (response !== undefined) {
    const chunks = items(member(response, 'response_chunks'));
    return numbers(member(response, 'chunk_times')).filter((_, i) => hasText(chunks[i], file));
  }
  const times = numbers(member(info, 'output_token_times'));
  // v0.3 and v0.4: one time per event, `[DONE]` last; before: two lines per event, the last two are `[DONE]`'s
  return member(info, 'extra_info') === undefined
    ? times.filter((_, i) => i % 2 === 0).slice(0, -1)
    : times.slice(0, -1);
}

/** Token times of one entry, whichever inference-perf release wrote it. */
export function tokenTimes(record: unknown, file: string): TokenTimes {
  const info = member(record, 'info');
  const response = member(info, 'response_info') ?? member(info, 'response_metrics') ?? undefined;
  const times = timesOf(info, response, file);
  return {
    firstS: times[0],
    lastS: times.at(-1),
    serverTokens: asNumber(member(member(response, 'server_usage'), 'completion_tokens')),
    clientTokens: asNumber(member(response ?? info, 'output_tokens')),
  };
}

/** Prompt tokens as the client counted them; 0 for failed requests. */
export function inputTokens(record: unknown): number | undefined {
  const info = member(record, 'info');
  return (
    asNumber(member(info, 'input_tokens')) ??
    asNumber(member(member(member(info, 'request_metrics'), 'text'), 'input_tokens'))
  );
}

/** The request body, which reports keep as text. */
export function requestBody(record: unknown, file: string): unknown {
  const text = asString(member(record, 'request'));
  return text === undefined ? undefined : parseJson(text, file);
}

/** What makes two prompts the same. */
export function promptText(body: unknown): string | undefined {
  const prompt = member(body, 'prompt') ?? member(body, 'messages');
  return prompt === undefined ? undefined : JSON.stringify(prompt);
}
