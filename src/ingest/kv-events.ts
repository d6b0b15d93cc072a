import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { FactsImporter, RunFacts } from './importer.js';
import {
  blockName,
  isKnownKvEvent,
  looksLikeKvEvents,
  parseKvEventLine,
  type KvEventBatch,
} from './kv-event-lines.js';
import { KvPrefixTree } from './kv-prefix-tree.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';
import { asNumber, asString, items } from './value-guards.js';

/** What a stream of KV events comes to; every counter is of single events or blocks. */
class KvEventTally {
  readonly #log: DiagnosticLog;
  readonly #evicted = new Set<string>();
  readonly #transfers = new Set<string>();
  readonly #requests = new Set<string>();
  readonly #prefixes = new KvPrefixTree();
  #storedBlocks = 0;
  #blockSizeTokens: number | undefined;
  #lastAtS = -Infinity;

  constructor(log: DiagnosticLog) {
    this.#log = log;
  }

  add(batch: KvEventBatch): void {
    if (batch.atS < this.#lastAtS)
      this.#log.add('doubt', 'kv-run-restarted', 'times KV events go backwards: a second run in the file');
    this.#lastAtS = batch.atS;
    for (const event of batch.events) {
      if (isKnownKvEvent(event)) this.#addEvent(event, batch.rank);
      else this.#log.add('dropped', 'kv-event-unknown', 'KV events of an unknown kind');
    }
  }

  facts(): RunFacts {
    return {
      ...(this.#blockSizeTokens === undefined ? {} : { server: { blockSizeTokens: this.#blockSizeTokens } }),
      ...(this.#storedBlocks === 0
        ? {}
        : { kvCache: { storedBlocks: this.#storedBlocks, sharedPrefixes: this.#prefixes.sharedPrefixes() } }),
      ...(this.#requests.size === 0 ? {} : { movedKvRequestIds: [...this.#requests] }),
    };
  }

  #addEvent([name, ...fields]: readonly unknown[], rank: number | null): void {
    if (name === 'BlockStored') this.#addStored(fields);
    else if (name === 'BlockRemoved') this.#addRemoved(fields[0]);
    else if (name === 'AllBlocksCleared')
      this.#log.add('doubt', 'kv-cache-cleared', 'times the prefix cache was cleared');
    else if (name === 'CacheLoadCommitted' || name === 'CacheStoreCommitted') this.#addRequest(fields[0]);
    else if (name !== 'CacheEviction') this.#addTransfer(String(name), fields, rank);
  }

  /** Blocks of other tiers repeat those of the GPU and have no tokens. */
  #addStored([hashes, parent, tokens, size]: readonly unknown[]): void {
    this.#blockSizeTokens ??= asNumber(size);
    const count = items(tokens).length;
    if (count === 0) return;
    if (count !== items(hashes).length * (asNumber(size) ?? 0))
      this.#log.add('doubt', 'kv-event-tokens', 'events whose tokens do not fill the blocks they store');
    const blocks = this.#named(hashes);
    this.#storedBlocks += blocks.length;
    this.#prefixes.add(blocks, blockName(parent), asNumber(size) ?? 0);
    const again = blocks.filter((block) => this.#evicted.delete(block)).length;
    this.#log.add(
      'doubt',
      'kv-blocks-recomputed',
      'KV blocks were computed again after their eviction',
      again,
    );
  }

  #addRemoved(hashes: unknown): void {
    for (const block of this.#named(hashes)) this.#evicted.add(block);
  }

  #named(hashes: unknown): string[] {
    return items(hashes).flatMap((hash) => {
      const block = blockName(hash);
      if (block === undefined)
        this.#log.add('dropped', 'kv-block-unnamed', 'KV blocks without a readable hash');
      return block ?? [];
    });
  }

  /** Each tensor-parallel worker reports the same transfer (vllm/distributed/kv_events.py, `get_all_events`). */
  #addTransfer(name: string, [id, request]: readonly unknown[], rank: number | null): void {
    const key = `${name} ${String(id)} ${String(rank)}`;
    if (this.#transfers.has(key)) {
      this.#log.add('repaired', 'kv-transfer-repeated', 'KV transfers that several workers report');
      return;
    }
    this.#transfers.add(key);
    this.#addRequest(request);
  }

  #addRequest(request: unknown): void {
    const id = asString(request);
    if (id !== undefined) this.#requests.add(id);
  }
}

async function readEvents(files: readonly FileProbe[], log: DiagnosticLog): Promise<RunFacts> {
  const tally = new KvEventTally(log);
  for (const { file } of files)
    for await (const { number, text } of readLines(file)) tally.add(parseKvEventLine(text, file, number));
  return tally.facts();
}

/**
 * vLLM's KV-cache events. They say which blocks came and went, not for whom, so they give the block size, the prefixes that
 * prompts share (`report-kv-prefixes.ts`), and the requests whose blocks moved between tiers; the latter are looked up among
 * the requests of the run (`join-parts.ts`).
 */
export const kvEventsImporter: FactsImporter = {
  format: 'kv-events',
  looksFor: 'vLLM KV events: JSON lines of `[seconds, [[event name, …], …], rank, step]`',
  matches: ({ kind, value }) => (kind === 'json' || kind === 'json-lines') && looksLikeKvEvents(value),
  read: readEvents,
};
