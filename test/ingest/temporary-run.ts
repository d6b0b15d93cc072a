import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestPath } from '../../src/ingest/index.js';
import type { Trace } from '../../src/trace/trace.js';

/** What a folder with these files is read as; the folder is gone afterwards. */
export async function ingestFiles(files: Readonly<Record<string, string | Uint8Array>>): Promise<Trace> {
  const folder = await mkdtemp(join(tmpdir(), 'trueline-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return await ingestPath(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
