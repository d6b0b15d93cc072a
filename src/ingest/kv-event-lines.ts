import { TruelineError } from '../errors.js';
import { parseJson } from '../text/parse-document.js';
import { asNumber, asString, items } from './value-guards.js';

/** Names of vLLM's KV-cache events (inference-sim/vllm@f6ec81c, vllm/distributed/kv_events.py). */
const EVENT_NAMES: ReadonlySet<unknown> = new Set([
  'BlockStored',
  'BlockRemoved',
  'AllBlocksCleared',
  'TransferInitiated',
  'TransferCompleted',
  'RemoteTransferInitiated',
  'RemoteTransferCompleted',
  'CacheLoadCommitted',
  'CacheStoreCommitted',
  'CacheEviction',
]);

/** One published batch of events. */
export interface KvEventBatch {
  /** Publication, in seconds since the epoch. */
  readonly atS: number;
  /** Data-parallel rank; null for a single engine. */
  readonly rank: number | null;
  /** Each event is its name and then its fields by position; hashes of 64 bits are text. */
  readonly events: readonly (readonly unknown[])[];
}

/** True when an event has a name that vLLM publishes. */
export const isKnownKvEvent = (event: readonly unknown[]): boolean => EVENT_NAMES.has(event[0]);

/** True for the parsed first line of a stream of KV events: `[number, [[name, …], …], …]`. */
export function looksLikeKvEvents(value: unknown): boolean {
  const [at, events] = items(value);
  const list = items(events);
  return (
    asNumber(at) !== undefined && list.length > 0 && list.every((event) => EVENT_NAMES.has(items(event)[0]))
  );
}

/** 64-bit hashes exceed 2^53, where doubles would merge different blocks: runs of 16 and more digits become text first. */
const quoteLongIntegers = (line: string): string =>
  line.replaceAll(/(?<=[[,]\s*)\d{16,}(?=\s*[,\]])/gu, '"$&"');

/** @throws FORMAT_INVALID, FILE_TRUNCATED with the line */
export function parseKvEventLine(text: string, file: string, line: number): KvEventBatch {
  const value = parseJson(quoteLongIntegers(text), file, line);
  const [at, events, rank] = items(value);
  const atS = asNumber(at);
  if (atS === undefined || !Array.isArray(events))
    throw new TruelineError('FORMAT_INVALID', 'not a batch of KV events: `[seconds, [events], rank, step]`', {
      file,
      line,
    });
  return { atS, rank: asNumber(rank) ?? null, events: events.map(items) };
}

/** Bytes at the end of a digest that are the integer spelling of a hash. */
const HASH_BYTES = 8;

/**
 * One name for a block whichever way its hash is spelt: the engine publishes the low 64 bits as an integer, the offload tier
 * the whole digest in base64. Undefined for anything else.
 */
export function blockName(hash: unknown): string | undefined {
  if (typeof hash === 'number' && Number.isSafeInteger(hash)) return String(hash);
  const text = asString(hash);
  if (text === undefined) return undefined;
  if (/^\d{16,}$/u.test(text)) return text;
  const digest = Buffer.from(text, 'base64');
  return digest.length < HASH_BYTES
    ? undefined
    : digest.readBigUInt64BE(digest.length - HASH_BYTES).toString();
}
