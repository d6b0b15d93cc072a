// The published report of the public suite: the same Markdown and charts that users get from `trueline report`.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { path, trueline } from './trueline.mjs';

const FOLDER = 'validation/public-suite/report';

const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/**
 * Renders the report into a fresh folder and hands every file over, new, changed or gone.
 * @param update takes a name in the repository, the text it has and the text it should have (undefined: none)
 */
export function updateReport({ saved }, update) {
  const folder = join(dirname(saved), 'report');
  const out = ['--out', join(folder, 'README.md'), '--figures', join(folder, 'figures')];
  trueline('report', saved, '--coefficients', 'op-roofline', '--format', 'markdown', ...out);
  const published = path(join(FOLDER, 'figures'));
  const before = existsSync(published) ? readdirSync(published) : [];
  const names = new Set([...before, ...readdirSync(join(folder, 'figures'))]);
  for (const name of ['README.md', ...[...names].map((figure) => join('figures', figure))])
    update(join(FOLDER, name), textOf(path(join(FOLDER, name))), textOf(join(folder, name)));
}
