import { existsSync, readdirSync } from 'node:fs';
import { shippedPath } from '../package-root.js';

/** Where a coefficient set ships: fitted by Trueline, or transcribed from another tool's publication. */
type SetFolder = 'sets' | 'peers';

/** A coefficient file that ships, or one of the user's. */
export interface SetFile {
  readonly path: string;
  /** Absent for the user's own. */
  readonly folder?: SetFolder;
}

const FOLDERS: readonly SetFolder[] = ['sets', 'peers'];

/** Every coefficient file that ships, ours first. */
export const shippedSetFiles = (): readonly SetFile[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(shippedPath('coefficients', folder))
      .toSorted()
      .map((name) => ({ path: shippedPath('coefficients', folder, name), folder })),
  );

/** The file of a shipped set, or the name itself where no set of that name ships: then it is a path. */
export function setFile(nameOrPath: string): SetFile {
  const folder = FOLDERS.find((candidate) => existsSync(pathIn(candidate, nameOrPath)));
  return folder === undefined ? { path: nameOrPath } : { path: pathIn(folder, nameOrPath), folder };
}

const pathIn = (folder: SetFolder, name: string): string => shippedPath('coefficients', folder, `${name}.json`);
