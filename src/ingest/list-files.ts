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
  /** Folders that lie too deep to be entered. */
  readonly deepFolders: readonly string[];
}

/** A walk through a folder. */
interface Walk {
  /** Where the folder really is. */
  readonly root: string;
  readonly files: string[];
  readonly strayLinks: string[];
  readonly deepFolders: string[];
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

/** What an entry of a folder is: links that stay inside `root` are what they lead to. */
async function entryKind(entry: Dirent, path: string, root: string): Promise<'file' | 'folder' | 'stray'> {
  if (!entry.isSymbolicLink()) return entry.isDirectory() ? 'folder' : 'file';
  const target = await targetOf(path);
  return target === undefined || !isInside(target, root) ? 'stray' : pathKind(path);
}

/** Entries of a folder in a fixed order, hidden ones left out. */
async function visibleEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(({ name }) => !name.startsWith('.')).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function visit(walk: Walk, entry: Dirent, path: string, depth: number): Promise<void> {
  const kind = await entryKind(entry, path, walk.root);
  if (kind === 'stray') walk.strayLinks.push(path);
  else if (kind === 'file') walk.files.push(path);
  else if (depth > 1) await enter(walk, path, depth - 1);
  else walk.deepFolders.push(path);
}

async function enter(walk: Walk, folder: string, depth: number): Promise<void> {
  const place = await realpath(folder);
  if (walk.seen.has(place)) return;
  walk.seen.add(place);
  for (const entry of await visibleEntries(folder)) await visit(walk, entry, join(folder, entry.name), depth);
}

/** Files of a folder and its sub-folders, three levels deep. @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export async function listFiles(folder: string): Promise<FolderContents> {
  try {
    const walk: Walk = {
      root: await realpath(folder),
      files: [],
      strayLinks: [],
      deepFolders: [],
      seen: new Set(),
    };
    await enter(walk, folder, MAX_DEPTH);
    return walk;
  } catch (cause) {
    throw fileError(cause, folder);
  }
}

/** What lies in a folder itself. */
export interface FolderEntries {
  readonly files: readonly string[];
  /** Without links to folders: what they lead to is found at its own place, once. */
  readonly folders: readonly string[];
  /** Links that lead out of the whole, or nowhere. */
  readonly strayLinks: readonly string[];
}

/** @param root the whole that links must not lead out of @throws FILE_NOT_FOUND, FILE_UNREADABLE */
export async function listEntries(folder: string, root: string): Promise<FolderEntries> {
  try {
    const [entries, place] = [await visibleEntries(folder), await realpath(root)];
    const found: Record<'file' | 'folder' | 'stray', string[]> = { file: [], folder: [], stray: [] };
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const kind = await entryKind(entry, path, place);
      if (kind !== 'folder' || entry.isDirectory()) found[kind].push(path);
    }
    return { files: found.file, folders: found.folder, strayLinks: found.stray };
  } catch (cause) {
    throw fileError(cause, folder);
  }
}
