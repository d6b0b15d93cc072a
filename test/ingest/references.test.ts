import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ingestPath, readExperiment, readSuite } from '../../src/ingest/index.js';
import { expectRefusal, fixture } from './fixtures.js';
import { FUZZ_INPUTS } from './fuzz-inputs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trueline-references-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const OUTSIDE = ['../secret', 'a/../../secret', '/etc/passwd', String.raw`..\secret`, 'C:/secret', '..'];

describe('a reference that leaves its folder is refused with its line', () => {
  it.each(OUTSIDE)('requests: %s', async (reference) => {
    const text = await readFile(fixture('suite/experiments/b-trace.yaml'), 'utf8');
    const file = await put('b.yaml', text.replace('b.requests.csv', `'${reference}'`));
    const error = await expectRefusal('EXPERIMENT_INVALID', () => readExperiment(file));
    expect(error.message).toContain('does not leave its folder');
    expect(error.line).toBeDefined();
  });

  it.each(OUTSIDE)('modelConfig: %s', async (reference) => {
    const text = await readFile(fixture('suite/experiments/a-shared.yaml'), 'utf8');
    await put('suite.yaml', 'name: s\ndescription: d\nsource: none\n');
    await put('experiments/a.yaml', text.replace('models/tiny/config.json', `'${reference}'`));
    await expectRefusal('EXPERIMENT_INVALID', () => readSuite(folder));
  });

  it('model_config of a published suite', async () => {
    const text = await readFile(fixture('public-layout/experiments.json'), 'utf8');
    await put('experiments.json', text.replace('"model_config": "tiny"', '"model_config": "../../tiny"'));
    await put('measurements.csv', await readFile(fixture('public-layout/measurements.csv'), 'utf8'));
    const error = await expectRefusal('SUITE_INVALID', () => readSuite(folder));
    expect(error.message).toContain('model_config');
  });
});

describe('what names a place without being a reference is only a name', () => {
  it('an id of an experiment', async () => {
    const text = await readFile(fixture('suite/experiments/a-shared.yaml'), 'utf8');
    const file = await put('a.yaml', text.replace('id: a', "id: '../../etc/passwd'"));
    expect((await readExperiment(file)).id).toBe('../../etc/passwd');
  });

  it('an id of a request', async () => {
    const file = await put('requests.jsonl', FUZZ_INPUTS['llm-serving-sim']!.replace('"0"', '"../../0"'));
    expect((await ingestPath(file)).requests.ids?.[0]).toBe('../../0');
  });

  it('a link back to its own folder, which is read once', async () => {
    await put('run/requests.jsonl', FUZZ_INPUTS['llm-serving-sim']!);
    const alone = await ingestPath(join(folder, 'run/requests.jsonl'));
    await symlink(join(folder, 'run'), join(folder, 'run/again'));
    await symlink(folder, join(folder, 'run/up'));
    expect((await ingestPath(join(folder, 'run'))).requests.count).toBeGreaterThanOrEqual(
      alone.requests.count,
    );
  });
});

describe('links found in a folder', () => {
  beforeEach(async () => {
    await put('run/requests.jsonl', FUZZ_INPUTS['llm-serving-sim']!);
    await put('elsewhere/traces.json', FUZZ_INPUTS['otlp']!);
  });

  it.each(['elsewhere', 'elsewhere/traces.json', 'nowhere'])(
    'are not followed out of it, and counted: %s',
    async (target) => {
      await symlink(join(folder, target), join(folder, 'run/link'));
      const trace = await ingestPath(join(folder, 'run'));
      expect(trace.meta.files?.map(({ path }) => path)).toEqual(['requests.jsonl']);
      expect(trace.diagnostics).toContainEqual({
        code: 'link-not-followed',
        kind: 'dropped',
        count: 1,
        message: 'links that lead out of the folder: link',
      });
    },
  );

  it('are followed within it, and when they are what was named', async () => {
    await put('run/data/config.txt', 'x');
    await symlink(join(folder, 'run/requests.jsonl'), join(folder, 'run/data/again.jsonl'));
    const within = await ingestPath(join(folder, 'run/data/again.jsonl'));
    expect(within.requests.count).toBeGreaterThan(0);
    await symlink(join(folder, 'elsewhere'), join(folder, 'named'));
    const named = await ingestPath(join(folder, 'named'));
    expect([named.meta.source, named.diagnostics.map(({ code }) => code)]).toEqual([
      'otlp',
      expect.not.arrayContaining(['link-not-followed']),
    ]);
  });
});

it.each(['otlp', 'vllm-bench', 'llm-serving-sim', 'aiperf'])(
  'reading tells how far it is, to the end: %s',
  async (format) => {
    const text = FUZZ_INPUTS[format]!;
    const size = Buffer.byteLength(text);
    await put('run/measured.json', text);
    await put('run/notes.txt', 'nothing');
    const told: [number, number][] = [];
    await ingestPath(join(folder, 'run'), (readBytes, totalBytes) => told.push([readBytes, totalBytes]));
    expect(told.at(-1)).toEqual([size + 7, size + 7]);
    const far = told.map(([readBytes]) => readBytes);
    expect(far).toEqual(far.toSorted((one, other) => one - other));
    expect(new Set(far).size).toBe(far.length);
  },
);
