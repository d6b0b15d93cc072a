import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The built command line (`npm run build` first; `npm test` does). */
export const MAIN = join(ROOT, 'dist/cli/main.js');

/** Absolute path of something the repository ships. */
export const shipped = (path: string): string => join(ROOT, path);

/** What a finished command left behind. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to run commands in, outside the repository. */
export interface Workplace {
  readonly folder: string;
  readonly run: (...args: readonly string[]) => CliRun;
  /** The same with variables set in the environment. */
  readonly runWith: (env: NodeJS.ProcessEnv, ...args: readonly string[]) => CliRun;
  /** Copies something the repository ships into the folder. */
  readonly bring: (path: string, as: string) => string;
  /** Names in the folder, sorted. */
  readonly names: () => readonly string[];
  readonly remove: () => void;
}

export function workplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'trueline-cli-'));
  const runWith: Workplace['runWith'] = (set, ...args) => {
    const env = { ...process.env, ...set };
    const options = { cwd: folder, env, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], options);
    return { code: status, stdout, stderr };
  };
  return {
    folder,
    run: (...args) => runWith({}, ...args),
    runWith,
    bring: (path, as) => {
      cpSync(shipped(path), join(folder, as), { recursive: true });
      return join(folder, as);
    },
    names: () => readdirSync(folder).toSorted(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
