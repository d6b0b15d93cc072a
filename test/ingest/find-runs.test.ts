import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRuns } from '../../src/ingest/index.js';
import { perRequestReport, sentRequests } from '../lint/recordings/client-files.js';
import { SERVER_CONFIG, stepTrace } from '../lint/recordings/server-files.js';
import { expectRefusal } from './fixtures.js';

const REQUESTS = perRequestReport(sentRequests({ requests: 3 }));
const STEPS = stepTrace(5);

/** The runs found in a folder with these files, by their paths in it. */
async function runsIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trueline-runs-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    return (await findRuns(folder)).paths.map((path) => relative(folder, path));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('runs in a folder', () => {
  it('are its sub-folders when two hold measurements in one format', async () => {
    expect(
      await runsIn({
        'README.md': 'notes',
        'b/requests.json': REQUESTS,
        'a/requests.json': REQUESTS,
        'c/traces.json': STEPS,
        'd/notes.txt': 'nothing measured',
      }),
    ).toEqual(['a', 'b', 'c']);
  });

  it('are one where sub-folders hold what different tools saw of it', async () => {
    expect(await runsIn({ 'client/requests.json': REQUESTS, 'server/traces.json': STEPS })).toEqual(['']);
  });

  it('are one where a file beside the sub-folders describes a run', async () => {
    const repeats = { '1/requests.json': REQUESTS, '2/requests.json': REQUESTS };
    expect(await runsIn({ 'exp-config.yaml': SERVER_CONFIG, ...repeats })).toEqual(['']);
  });

  it('may lie in folders of folders', async () => {
    expect(
      await runsIn({
        'monday/1/requests.json': REQUESTS,
        'monday/2/requests.json': REQUESTS,
        'tuesday/requests.json': REQUESTS,
      }),
    ).toEqual(['monday/1', 'monday/2', 'tuesday']);
  });

  it('count what cannot be looked into as part of the run it lies in', async () => {
    const broken = { 'a/requests.json': REQUESTS, 'a/broken.json': '{"a":', 'b/requests.json': REQUESTS };
    expect(await runsIn(broken)).toEqual(['a', 'b']);
  });

  it('are not looked for behind links, which are named when they lead out of the folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trueline-runs-'));
    try {
      for (const run of ['a', 'b', 'elsewhere']) {
        await mkdir(join(folder, 'all', run), { recursive: true });
        await writeFile(join(folder, 'all', run, 'requests.json'), REQUESTS);
      }
      await rename(join(folder, 'all/elsewhere'), join(folder, 'elsewhere'));
      await symlink(join(folder, 'elsewhere'), join(folder, 'all/out'));
      await symlink('nowhere', join(folder, 'all/broken'));
      await symlink('a', join(folder, 'all/latest'));
      for (const run of ['a', 'b']) await symlink('..', join(folder, 'all', run, 'loop'));
      const { paths, strayLinks } = await findRuns(join(folder, 'all'));
      expect(paths.map((path) => relative(folder, path))).toEqual(['all/a', 'all/b']);
      expect(strayLinks.map((path) => relative(folder, path))).toEqual(['all/broken', 'all/out']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('of a file are the file', async () => {
    expect(await findRuns(import.meta.filename)).toEqual({ paths: [import.meta.filename], strayLinks: [] });
    await expectRefusal('FILE_NOT_FOUND', () => findRuns('no/such/run'));
  });
});
