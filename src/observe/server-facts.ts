import type { Pool } from 'undici';
import { TruelineError } from '../errors.js';
import { asString, items, member, scrapeFacts, type RunFacts } from '../ingest/index.js';

/** What a server says of itself: nothing here may take longer. */
const ANSWER_WITHIN_MS = 5000;

type Headers = Readonly<Record<string, string>>;

/** The text at a path, or undefined where the server has nothing there. @throws SERVER_UNREACHABLE */
async function textAt(
  pool: Pool,
  origin: string,
  path: string,
  headers: Headers,
): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers, signal });
    const text = await body.text();
    return statusCode === 200 ? text : undefined;
  } catch (cause) {
    throw new TruelineError('SERVER_UNREACHABLE', `no answer from ${origin}${path}`, {
      hint: 'Is the server up, and the URL its root (http://host:8000)?',
      cause,
    });
  }
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/**
 * Model, engine version and KV-cache configuration, from `/v1/models`, `/version` and `/metrics` as far as they are there.
 * @throws SERVER_UNREACHABLE
 */
export async function readServerFacts(
  pool: Pool,
  origin: string,
  prefix: string,
  headers: Headers,
): Promise<RunFacts> {
  const at = (path: string): Promise<string | undefined> => textAt(pool, origin, `${prefix}${path}`, headers);
  const models = jsonOf(await at('/v1/models'));
  const version = jsonOf(await at('/version'));
  const scrape = scrapeFacts((await at('/metrics')) ?? '');
  const model = asString(member(items(member(models, 'data'))[0], 'id')) ?? scrape.model;
  const engineVersion = asString(member(version, 'version'));
  return {
    ...(model === undefined ? {} : { model }),
    ...(engineVersion === undefined ? {} : { engineVersion }),
    ...(scrape.server === undefined || Object.keys(scrape.server).length === 0
      ? {}
      : { server: scrape.server }),
  };
}
