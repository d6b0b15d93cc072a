import { channel } from 'node:diagnostics_channel';
import { isRecord } from '../text/object-keys.js';

/** Told, now and then, how many bytes (as stored) of how many have been read. */
export type OnRead = (readBytes: number, totalBytes: number) => void;

/** Every reader of files says here how far it is, so that no importer need know that somebody watches. */
const READ = channel('trueline.ingest.read');

/** Says how much of a file has been read. */
export function announceRead(file: string, storedBytes: number): void {
  if (READ.hasSubscribers) READ.publish({ file, storedBytes });
}

/**
 * Runs work that reads files, and tells how much of them all has been read; what is read twice counts once.
 * @param sizes bytes (as stored) of every file
 */
export async function metered<T>(
  sizes: ReadonlyMap<string, number>,
  onRead: OnRead,
  work: () => Promise<T>,
): Promise<T> {
  const totalBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const furthest = new Map<string, number>();
  let readBytes = 0;
  const listen = (message: unknown): void => {
    if (!isRecord(message)) return;
    const { file, storedBytes } = message;
    if (typeof file !== 'string' || typeof storedBytes !== 'number' || !sizes.has(file)) return;
    const before = furthest.get(file) ?? 0;
    if (storedBytes <= before) return;
    furthest.set(file, storedBytes);
    readBytes += storedBytes - before;
    onRead(readBytes, totalBytes);
  };
  READ.subscribe(listen);
  try {
    return await work();
  } finally {
    READ.unsubscribe(listen);
  }
}
