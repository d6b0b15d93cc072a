import { describe, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import { splitStages } from '../../src/ingest/request-table.js';
import { REQUEST_STATUSES } from '../../src/trace/trace.js';
import { diagnosed, fixture } from './fixtures.js';

describe('a replay with its ground truth', () => {
  const loaded = ingestPath(fixture('replay'));

  it('takes generated lengths and the prompt cycle from the resolved configuration, not the profile', async () => {
    const { requests, meta } = await loaded;
    expect([...requests.outputTokens]).toEqual(Array(10).fill(9));
    expect(meta).toMatchObject({
      source: 'replay',
      clock: 'client',
      model: 'example-org/tiny-llm',
      workloadName: 'codegen',
    });
    expect(meta.server).toMatchObject({ totalKvBlocks: 100, maxModelLenTokens: 512, blockSizeTokens: 16 });
  });

  it('splits stages at the hole and restarts the prompt cycle there', async () => {
    const { requests } = await loaded;
    expect([...requests.stage]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    expect([...(requests.promptId ?? [])]).toEqual([0, 1, 2, 3, 0, 1, 0, 1, 2, 3]);
  });

  it('turns latencies into instants and keeps failures with the length of the same prompt', async () => {
    const trace = await loaded;
    const { requests } = trace;
    expect((requests.firstTokenAtUs[0] ?? NaN) - (requests.arrivedAtUs[0] ?? NaN)).toBe(20_000);
    expect((requests.finishedAtUs[1] ?? NaN) - (requests.arrivedAtUs[1] ?? NaN)).toBeCloseTo(101_000, 6);
    expect(REQUEST_STATUSES[requests.status[3] ?? 0]).toBe('failed');
    expect(requests.firstTokenAtUs[3]).toBeNaN();
    // prompt 3 was sent once more, as request 9: 61 tokens
    expect(requests.promptTokens[3]).toBe(requests.promptTokens[9]);
    expect(diagnosed(trace, 'prompt-length-of-failed')).toBe(1);
  });

  it('lists its files by relative path and hash', async () => {
    const { meta } = await loaded;
    expect(meta.files?.map(({ path }) => path)).toEqual([
      'config.yaml',
      'exp-config.yaml',
      'ground_truth.json',
      'profile.yaml',
      'replay.json',
    ]);
    expect(meta.files?.every(({ sha256 }) => /^[0-9a-f]{64}$/u.test(sha256))).toBe(true);
  });

  it('says so when it has only the re-tokenised lengths, or no latencies', async () => {
    const alone = await ingestPath(fixture('replay/replay.json'));
    expect(diagnosed(alone, 'output-tokens-retokenised')).toBe(10);
    expect(diagnosed(alone, 'request-without-truth')).toBe(10);
    expect(alone.requests.outputTokens[0]).toBe(7);
  });
});

describe('splitStages', () => {
  it('cuts at the largest gaps', () => {
    expect([...splitStages([0, 1, 2, 30, 31, 90], 3)]).toEqual([0, 0, 0, 1, 1, 2]);
    expect([...splitStages([0, 1, 2], 1)]).toEqual([0, 0, 0]);
    expect([...splitStages([], 2)]).toEqual([]);
  });
});
