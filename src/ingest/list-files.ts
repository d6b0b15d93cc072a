import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileError, pathKind } from './read-file.js';

/** Deep enough for a run's folder and its `results`, without walking a whole archive by mistake. */
const MAX_DEPTH = 3;

/** What is in a folder. */
export interface FolderContents {
  /** Paths in a fixed order, hidden files left out. */
  readonly files: readonly string[];
  /** Links that lead out of the folder, or nowhere: what somebody packed must not make us read other files of this machine. */
  readonly strayLinks: readonly string[];
}

/** A walk through a folder. */
interface Walk {
  /** Where the folder really is. */
  readonly root: string;
  readonly files: string[];
  readonly strayLinks: string[];
  /** Folders that are not entered again when a link leads to them. */
  readonly seen: Set<string>;
}

/** The real place of what a link leads to; undefined when it leads nowhere. */
async function targetOf(link: string): Promise<string | undefined> {
  try {
    return await realpath(link);
  } catch {
    return undefined;
  }
}

const isInside = (place: string, root: string): boolean =>
  place === root || place.startsWith(root.endsWith(sep) ? root : root + sep);

async function visit(walk: Walk, entry: Dirent, path: string, depth: number): Promise<void> {
  if (entry.isSymbolicLink()) {
    const target = await targetOf(path);
    if (target === undefined || !isInside(target, walk.root)) {
      walk.strayLinks.push(path);
      return;
    }
  }
  const isFolder = entry.isSymbolicLink() ? (await pathKind(path)) === 'folder' : entry.isDirectory();
  if (!isFolder) walk.files.push(path);
  else if (depth > 1) await enter(walk, path, depth - 1);
}

async function enter(walk: Walk, folder: string, depth: number): Promise<void> {
  const place = await realpath(folder);
  if (walk.seen.has(place)) return;
  walk.seen.add(place);
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries
    .filter(({ name }) => !name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of visible) await visit(walk, entry, join(folder, entry.name), depth);
}

/** Files of a folder and its sub-folders, three levels deep. @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export async function listFiles(folder: string): Promise<FolderContents> {
  try {
    const walk: Walk = { root: await realpath(folder), files: [], strayLinks: [], seen: new Set() };
    await enter(walk, folder, MAX_DEPTH);
    return walk;
  } catch (cause) {
    throw fileError(cause, folder);
  }
}
