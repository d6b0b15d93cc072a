import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError, pathKind } from './read-file.js';

/** Deep enough for a run's folder and its `results`, without walking a whole archive by mistake. */
const MAX_DEPTH = 3;

/**
 * Files of a folder and its sub-folders in a fixed order, hidden ones left out.
 * @param seen folders that are not entered again when a link leads to them
 */
export async function listFiles(
  folder: string,
  depth = MAX_DEPTH,
  seen: Set<string> = new Set(),
): Promise<string[]> {
  try {
    const place = await realpath(folder);
    if (seen.has(place)) return [];
    seen.add(place);
    const entries = await readdir(folder, { withFileTypes: true });
    const visible = entries
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const files: string[] = [];
    for (const entry of visible) {
      const path = join(folder, entry.name);
      const isFolder = entry.isSymbolicLink() ? (await pathKind(path)) === 'folder' : entry.isDirectory();
      if (!isFolder) files.push(path);
      else if (depth > 1) files.push(...(await listFiles(path, depth - 1, seen)));
    }
    return files;
  } catch (cause) {
    throw fileError(cause, folder);
  }
}
