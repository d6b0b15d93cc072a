import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plain } from '../plain.js';
import { ingestPath } from '../../src/ingest/index.js';
import { renderRunFolder, RUN_FOLDER_FILES } from '../../src/report/index.js';
import type { Trace } from '../../src/trace/trace.js';
import { simulatedTrace } from './simulated-trace.js';

const MODEL = 'a "quoted": model # 1';

describe('a run folder read back by the importers', () => {
  const simulated = simulatedTrace();
  const truth: Trace = { ...simulated, meta: { ...simulated.meta, model: MODEL } };
  let folder: string;
  let read: Trace;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trueline-run-'));
    const files = renderRunFolder(truth);
    for (const name of RUN_FOLDER_FILES) await writeFile(join(folder, name), [...files[name]].join(''));
    read = await ingestPath(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('says what was served, and how', () => {
    const { tensorParallelSize, maxNumSeqs, maxNumBatchedTokens, totalKvBlocks } = truth.meta.server!;
    expect(read.meta.model).toBe(MODEL);
    expect(read.meta.server).toMatchObject({
      tensorParallelSize,
      maxNumSeqs,
      maxNumBatchedTokens,
      totalKvBlocks,
    });
  });

  it('gives back steps and requests', () => {
    expect(plain(read.steps?.id)).toEqual(plain(truth.steps?.id));
    expect(plain(read.steps?.kvBlocksUsed)).toEqual(plain(truth.steps?.kvBlocksUsed));
    expect(read.requests.promptTokens).toEqual(truth.requests.promptTokens);
    expect(read.requests.outputTokens).toEqual(truth.requests.outputTokens);
  });

  it('passes over the timeline, which is no source of a trace', async () => {
    expect(read.diagnostics.map(({ code }) => code)).not.toContain('file-not-read');
    expect(read.meta.files?.map(({ path }) => path)).toEqual(['exp-config.yaml', 'traces.json']);
    await expect(ingestPath(join(folder, 'perfetto.json'))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' });
  });
});
