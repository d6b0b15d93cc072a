import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { TruelineError } from '../errors.js';
import { EXIT } from './exit-code.js';

/** Whether something that is already there may be replaced. */
export interface WriteOptions {
  readonly force: boolean;
}

/**
 * Refuses a destination before the work whose result it is to hold.
 * @throws FILE_EXISTS when the file is there and `force` is not set, or is a folder
 */
export function checkFileDestination(path: string, { force }: WriteOptions): void {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory())
    throw new TruelineError('FILE_EXISTS', 'is a folder, a file is to be written', {
      file: path,
      hint: 'Name a file.',
    });
  if (!force)
    throw new TruelineError('FILE_EXISTS', 'is there already', {
      file: path,
      hint: 'Name another file, or add --force to replace it.',
    });
}

/**
 * The same for a folder. `force` replaces a folder only when it holds nothing but files Trueline would write there,
 * so that no slip of the pen deletes a home directory.
 * @param names every file name such a folder may hold
 * @throws FILE_EXISTS
 */
export function checkFolderDestination(
  path: string,
  names: readonly string[],
  { force }: WriteOptions,
): void {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory())
    throw new TruelineError('FILE_EXISTS', 'is a file, a folder is to be written', {
      file: path,
      hint: 'Name a folder.',
    });
  const found = readdirSync(path);
  if (found.length === 0) return;
  const foreign = found.find((name) => !names.includes(name));
  if (foreign !== undefined)
    throw new TruelineError('FILE_EXISTS', `holds a file that is not Trueline's: ${foreign}`, {
      file: path,
      hint: 'Name a new or empty folder.',
    });
  if (!force)
    throw new TruelineError('FILE_EXISTS', 'is there already', {
      file: path,
      hint: 'Name another folder, or add --force to replace it.',
    });
}

/**
 * Writes a whole file or nothing: into a temporary folder beside it, then renamed.
 * @param parts of the text, written one after the other: the whole may be larger than a string can be
 * @throws FILE_EXISTS, FILE_UNWRITABLE
 */
export function writeFileAtomic(path: string, parts: Iterable<string>, options: WriteOptions): void {
  checkFileDestination(path, options);
  publish(path, (staging) => {
    const staged = join(staging, basename(path));
    writeParts(staged, parts);
    renameSync(staged, path);
  });
}

/**
 * Writes a whole folder of files or nothing.
 * @param files text, or its parts in order, by file name; every file a folder of this kind may hold is named, `undefined`
 * when this one has none
 * @throws FILE_EXISTS, FILE_UNWRITABLE
 */
export function writeFolderAtomic(
  path: string,
  files: Readonly<Record<string, string | Iterable<string> | undefined>>,
  options: WriteOptions,
): void {
  checkFolderDestination(path, Object.keys(files), options);
  publish(path, (staging) => {
    const staged = join(staging, 'new');
    mkdirSync(staged);
    for (const [name, text] of Object.entries(files))
      if (text !== undefined) writeParts(join(staged, name), typeof text === 'string' ? [text] : text);
    if (existsSync(path)) renameSync(path, join(staging, 'old'));
    renameSync(staged, path);
  });
}

/** Small parts are gathered to this many bytes, so that a line is not a system call. */
const GATHERED_BYTES = 1 << 18;
/** UTF-8 of one UTF-16 code unit is no longer. */
const MOST_BYTES_OF_CHARACTER = 3;

/** Through one buffer: a new one for every write stays in memory until the garbage collector has reason to run. */
function writeParts(path: string, parts: Iterable<string>): void {
  const file = openSync(path, 'w');
  const gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  let bytes = 0;
  const flush = (): void => {
    for (let written = 0; written < bytes;) written += writeSync(file, gathered, written, bytes - written);
    bytes = 0;
  };
  try {
    for (const part of parts) {
      if (bytes + MOST_BYTES_OF_CHARACTER * part.length > GATHERED_BYTES) flush();
      if (MOST_BYTES_OF_CHARACTER * part.length > GATHERED_BYTES) writeFileSync(file, part);
      else bytes += gathered.write(part, bytes, 'utf8');
    }
    flush();
  } finally {
    closeSync(file);
  }
}

/** Not `mkdirSync(…, { recursive: true })`, which never returns where a folder exists but takes no others, as /proc does. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** Runs `write` with a staging folder on the destination's own file system, which is gone afterwards in any case. */
function publish(destination: string, write: (staging: string) => void): void {
  const parent = dirname(resolve(destination));
  uninterrupted(() => {
    try {
      makeFolder(parent);
      const staging = mkdtempSync(join(parent, '.trueline-'));
      try {
        write(staging);
      } finally {
        rmSync(staging, { recursive: true, force: true });
      }
    } catch (cause) {
      throw new TruelineError('FILE_UNWRITABLE', `cannot be written: ${String(cause)}`, {
        file: destination,
        hint: 'Check that the folder exists, is writable and has room.',
        cause,
      });
    }
  });
}

const leave = (): void => {
  process.exit(EXIT.interrupted);
};

/** A signal that arrives during `work` (synchronous, short) takes effect right after it. */
function uninterrupted(work: () => void): void {
  process.on('SIGINT', leave).on('SIGTERM', leave);
  try {
    work();
  } finally {
    setImmediate(() => process.off('SIGINT', leave).off('SIGTERM', leave));
  }
}
