// Runs the built command line for the pages it generates.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A path of the repository. */
export const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** What a command prints. A result that says a check failed (exit code 1) is an error here too. */
export const trueline = (...args) =>
  execFileSync(process.execPath, [path('dist/cli/main.js'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });

/** The same Markdown with every heading one level deeper, as a part of a larger page. */
export const deeper = (markdown) => markdown.replace(/^#/gmu, '##').trim();
