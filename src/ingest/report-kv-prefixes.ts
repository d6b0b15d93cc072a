import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { FINISHED } from '../trace/request-durations.js';
import type { RequestColumns } from '../trace/trace.js';
import type { RunFacts } from './importer.js';
import type { SharedPrefix } from './kv-prefix-tree.js';

/** Cache blocks that the sequences of a run fill; undefined when one did not finish, or its lengths are not known. */
function filledBlocks(
  { count, promptTokens, outputTokens, status }: RequestColumns,
  size: number,
): number | undefined {
  let blocks = 0;
  for (let row = 0; row < count; row += 1) {
    const [prompt, output] = [promptTokens[row]!, outputTokens[row]!];
    if (status[row] !== FINISHED || prompt < 0 || output < 1) return undefined;
    blocks += Math.floor((prompt + output - 1) / size); // the last token of a request is never computed
  }
  return blocks;
}

function lengths(prefixes: readonly SharedPrefix[]): string {
  const [shortest, longest] = [prefixes[0]!.tokens, prefixes.at(-1)!.tokens];
  return shortest === longest ? `${shortest}` : `${shortest} to ${longest}`;
}

/**
 * What KV events show of prefixes: beginnings that several sequences share, and blocks that were found in the cache, which
 * are those that the requests fill less those that were stored. Events name no requests, so neither is known of one.
 */
export function reportKvPrefixes(
  requests: RequestColumns,
  { kvCache, server }: RunFacts,
  log: DiagnosticLog,
): void {
  if (kvCache === undefined || requests.count === 0) return;
  const { sharedPrefixes, storedBlocks } = kvCache;
  if (sharedPrefixes.length > 0) {
    const message = `prefixes of ${lengths(sharedPrefixes)} tokens in KV events that several prompts share`;
    log.add('doubt', 'kv-prefix-shared', message, sharedPrefixes.length);
    if (requests.promptId === undefined)
      log.add(
        'doubt',
        'kv-prefix-not-joined',
        'requests whose prefix is not known: KV events name blocks, not requests',
        requests.count,
      );
  }
  const filled =
    server?.blockSizeTokens === undefined ? undefined : filledBlocks(requests, server.blockSizeTokens);
  const reused = Math.max(0, (filled ?? 0) - storedBlocks);
  log.add('doubt', 'kv-blocks-reused', 'KV blocks found in the cache instead of computed', reused);
}
