import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expectRefusal } from './fixtures.js';
import { ingestFiles } from './temporary-run.js';
import { ZSTD_REQUESTS } from './zstd-requests.js';

describe('zstd', () => {
  it('is read whatever the name', async () => {
    const { requests } = await ingestFiles({ 'requests.jsonl': ZSTD_REQUESTS });
    expect(requests.ids).toEqual(['bench-0', 'bench-1']);
    expect([...requests.firstTokenAtUs].map(Math.round)).toEqual([40_000, 1_040_000]);
  });

  it('of whole documents too, also several frames in a row', async () => {
    const twice = await ingestFiles({ 'a.zst': Buffer.concat([ZSTD_REQUESTS, ZSTD_REQUESTS]) });
    expect(twice.requests.count).toBe(2);
    // the second frame was read: its requests are those of the first
    expect(twice.diagnostics).toContainEqual(
      expect.objectContaining({ code: 'request-duplicate', count: 2 }),
    );
  });

  it.each([5, 10, 60, 120])('that lacks its last %i bytes is refused', async (bytes) => {
    await expectRefusal('FILE_TRUNCATED', () => ingestFiles({ 'r.zst': ZSTD_REQUESTS.subarray(0, -bytes) }));
  });

  it('that is damaged is refused with how to check it', async () => {
    const damaged = Buffer.from(ZSTD_REQUESTS);
    damaged[7]! |= 0b110; // the first block is of the reserved kind
    const error = await expectRefusal('FILE_BAD_ZSTD', () => ingestFiles({ 'r.zst': damaged }));
    expect(error.hint).toContain('zstd -t');
  });
});

it('gzip of the same gives the same', async () => {
  const line =
    '{"request_id":"a","input_toks":1,"output_toks":2,"queued_ts":1,"first_token_ts":2,"last_token_ts":3}\n';
  const plain = await ingestFiles({ 'requests.jsonl': line });
  const zipped = await ingestFiles({ 'requests.jsonl': gzipSync(line) });
  expect(zipped.requests).toEqual(plain.requests);
});
