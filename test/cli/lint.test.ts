import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { shipped, workplace } from './run-cli.js';

const place = workplace();
afterAll(place.remove);

const SOUND = shipped('traces/synthetic-llama-2-7b-tp1');

const result = z.object({
  source: z.string(),
  requests: z.number(),
  rules: z.array(z.string()),
  findings: z.array(
    z.object({
      rule: z.string(),
      severity: z.enum(['error', 'warning', 'note']),
      where: z.string(),
      found: z.string(),
      figures: z.record(z.string(), z.number()),
      consequence: z.string(),
      remedy: z.string(),
    }),
  ),
  counts: z.object({ error: z.number(), warning: z.number(), note: z.number() }),
});

/** The shipped trace in normalised form, with the status of every fourth request changed. */
function withFailures(folder: string): void {
  expect(place.run('ingest', SOUND, '--out', folder).code).toBe(0);
  const path = join(place.folder, folder, 'requests.csv');
  let row = 0;
  const changed = readFileSync(path, 'utf8').replaceAll(/\bfinished\b/gu, (status) =>
    row++ % 4 === 0 ? 'failed' : status,
  );
  writeFileSync(path, changed);
}

describe('trueline lint', () => {
  it('passes a run without errors, and says what is missing', () => {
    const { code, stdout, stderr } = place.run('lint', SOUND);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Fit to fit with care: 0 errors');
    expect(stdout).toContain('[server-facts-missing]');
  });

  it('gives machines every number', () => {
    const { stdout } = place.run('lint', SOUND, '--json');
    const { rules, findings, counts } = result.parse(JSON.parse(stdout));
    expect(counts.error + counts.warning + counts.note).toBe(findings.length);
    expect(findings.every(({ rule }) => rules.includes(rule))).toBe(true);
  });

  it('leaves with 1 on an error, in both forms', () => {
    withFailures('failing');
    const text = place.run('lint', 'failing');
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('error [failed-requests] stage 0: 15 of 60 requests failed');
    expect(place.run('lint', 'failing', '--json').code).toBe(1);
    expect(place.run('inspect', 'failing').code).toBe(0);
  });

  it('leaves with 2 on what cannot be read', () => {
    mkdirSync(join(place.folder, 'empty'));
    const { code, stdout, stderr } = place.run('lint', 'empty');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('TRACE_EMPTY');
  });
});

const many = z.object({
  runs: z.array(z.object({ run: z.string(), counts: result.shape.counts })),
  refused: z.array(z.object({ run: z.string(), code: z.string() })),
});

describe('trueline lint and inspect of several runs', () => {
  const suite = shipped('validation/public-suite');

  it('have a line for every experiment of a suite, and name each finding once', () => {
    const { code, stdout } = place.run('lint', suite);
    expect(code).toBe(0);
    expect(stdout).toContain('Of 39 experiments');
    expect(stdout).toContain('20260217-155451 ');
    expect(stdout.match(/\[server-facts-missing\]/gu)).toHaveLength(1);
    expect(stdout).toContain('Nothing here to judge by:');
    expect(place.run('inspect', suite).stdout).toContain('Llama-2-7b-hf');
  });

  it('read the runs of a folder one by one; one that cannot be read fails the check only', () => {
    for (const name of ['one', 'two']) cpSync(SOUND, join(place.folder, 'runs', name), { recursive: true });
    expect(place.run('lint', 'runs').code).toBe(0);
    cpSync(SOUND, join(place.folder, 'runs', 'cut'), { recursive: true });
    writeFileSync(join(place.folder, 'runs', 'cut', 'broken.json'), '{"requests": [');
    const { code, stdout } = place.run('lint', 'runs', '--json');
    const { runs, refused } = many.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(runs.map(({ run }) => run)).toEqual(['one', 'two']);
    expect(refused).toEqual([{ run: 'cut', code: 'FILE_TRUNCATED' }]);
    const inspected = place.run('inspect', 'runs');
    expect(inspected.code).toBe(0);
    expect(inspected.stdout).toContain('not read: cut');
  });

  it('follow no link out of the folder, and name it', () => {
    for (const name of ['one', 'two', '../apart'])
      cpSync(SOUND, join(place.folder, 'linked', name), { recursive: true });
    symlinkSync(join(place.folder, 'apart'), join(place.folder, 'linked', 'three'));
    const { code, stdout } = place.run('lint', 'linked', '--json');
    const { runs, refused } = many.parse(JSON.parse(stdout));
    expect(code).toBe(1);
    expect(runs.map(({ run }) => run)).toEqual(['one', 'two']);
    expect(refused).toEqual([{ run: 'three', code: 'FILE_UNREADABLE' }]);
  });
});

describe('the verdict on a run of figures only', () => {
  it('is not that it is fit to fit', () => {
    const bench = { endpoint_type: 'openai', tokenizer_id: 't', num_prompts: 9, mean_ttft_ms: 44 };
    writeFileSync(join(place.folder, 'bench.json'), JSON.stringify(bench));
    for (const args of [['lint'], ['inspect'], ['ingest', '--out', 'figures']]) {
      const [command = '', ...options] = args;
      const { code, stdout } = place.run(command, 'bench.json', ...options);
      expect(code).toBe(0);
      expect(stdout).toContain('nothing to fit to by itself');
      expect(stdout).not.toContain('Fit to fit with care');
    }
    expect(place.run('ingest', 'bench.json', '--out', 'again').stdout).toContain('1 reported stages');
  });
});
