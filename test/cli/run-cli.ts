import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What a finished command left behind. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command as a user would, outside the repository (build first: `npm run build`). */
export function runCli(args: readonly string[], cwd = '/'): CliRun {
  const run = spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}
