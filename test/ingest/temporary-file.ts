import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes a file into a new temporary folder and returns its path. */
export async function temporaryFile(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'trueline-file-')), name);
  await writeFile(file, content);
  return file;
}
