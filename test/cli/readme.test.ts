import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { shipped, workplace } from './run-cli.js';

/** Commands of the README's tour, as arguments. */
const tour = readFileSync(shipped('README.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('npx trueline ') && !line.includes('#'))
  .map((line) => line.split(' ').slice(2));

/** These take long and are tested elsewhere, or need a file of the reader's own. */
const LEFT_OUT = ['validation/public-suite', 'result.json', 'my-sweep'];

const place = workplace();
for (const path of ['traces/synthetic-llama-2-7b-tp1', 'docs/examples/sweep.yaml']) place.bring(path, path);
afterAll(place.remove);

describe('the tour of the README', () => {
  const runnable = tour.filter((args) => !args.some((arg) => LEFT_OUT.includes(arg)));

  it('shows every command', () => {
    expect([...new Set(tour.map(([command]) => command))]).toEqual([
      'inspect',
      'lint',
      'ingest',
      'fit',
      'simulate',
      'sweep',
      'validate',
      'report',
      'check',
    ]);
    expect(runnable).toHaveLength(7);
  });

  it.each(runnable.map((args) => args.join(' ')))('works as written: trueline %s', (command) => {
    const { code, stdout, stderr } = place.run(...command.split(' '));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.length).toBeGreaterThan(100);
  });
});
