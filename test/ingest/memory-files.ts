import { Readable } from 'node:stream';

/** Files by path, read through what stands in below for Node's file system; thousands of inputs never touch a disk. */
export const MEMORY_FILES = new Map<string, Buffer>();

function bytesOf(path: string): Buffer {
  const bytes = MEMORY_FILES.get(path);
  if (bytes === undefined) throw Object.assign(new Error(`no ${path} in memory`), { code: 'ENOENT' });
  return bytes;
}

const filesBelow = (folder: string): string[] =>
  [...MEMORY_FILES.keys()].filter((path) => path.startsWith(`${folder}/`));

function statOf(path: string): { readonly size: number; readonly isDirectory: () => boolean } {
  const isFolder = filesBelow(path).length > 0;
  return { size: isFolder ? 0 : bytesOf(path).length, isDirectory: () => isFolder };
}

/** The names in a folder, or entries for every file below it; folders within are never listed. */
function namesIn(folder: string, options?: { readonly withFileTypes: boolean }): unknown[] {
  return filesBelow(folder).map((path) => {
    const [name, parentPath] = [path.slice(path.lastIndexOf('/') + 1), path.slice(0, path.lastIndexOf('/'))];
    if (options?.withFileTypes !== true) return name;
    return { name, parentPath, isFile: () => true, isDirectory: () => false, isSymbolicLink: () => false };
  });
}

function handleOf(path: string): unknown {
  const bytes = bytesOf(path);
  const read = async (
    into: Buffer,
    offset: number,
    length: number,
  ): Promise<{ readonly bytesRead: number }> =>
    Promise.resolve({ bytesRead: bytes.copy(into, offset, 0, length) });
  return { read, close: async () => Promise.resolve() };
}

function streamOf(path: string): Readable {
  const bytes = bytesOf(path);
  const stream = new Readable({
    read() {
      if (bytes.length > 0) this.push(bytes);
      this.push(null);
    },
  });
  return Object.assign(stream, { bytesRead: bytes.length });
}

/** Takes the place of `node:fs`. */
export const memoryFs = { createReadStream: streamOf };

/** Takes the place of `node:fs/promises`. */
export const memoryFsPromises = {
  open: async (path: string) => Promise.resolve().then(() => handleOf(path)),
  realpath: async (path: string) => Promise.resolve(path),
  stat: async (path: string) => Promise.resolve().then(() => statOf(path)),
  readFile: async (path: string, encoding?: 'utf8') =>
    Promise.resolve().then(() => (encoding === undefined ? bytesOf(path) : bytesOf(path).toString(encoding))),
  readdir: async (folder: string, options?: { readonly withFileTypes: boolean }) =>
    Promise.resolve().then(() => namesIn(folder, options)),
};
