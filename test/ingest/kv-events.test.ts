import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import { blockName, parseKvEventLine } from '../../src/ingest/kv-event-lines.js';
import { dataFolder } from '../data.js';
import { seen } from '../lint/seen.js';
import { diagnosed, expectRefusal } from './fixtures.js';
import { ingestFiles } from './temporary-run.js';

const REQUESTS =
  '{"request_id":"cmpl-a-0-0badf00d","input_toks":16,"output_toks":2,"queued_ts":1,"first_token_ts":2,"last_token_ts":3}\n';

const stored = (hashes: string, tokens: number): string =>
  `["BlockStored",[${hashes}],null,[${Array.from({ length: tokens }, (_, i) => i).join(',')}],16,null,"GPU",null]`;
const transfer = (id: number, request: string): string =>
  `["TransferInitiated",${id},"${request}","GPU","CPU",1,7]`;
const batch = (at: number, ...events: string[]): string => `[${at},[${events.join(',')}],0,null]\n`;

describe('hashes', () => {
  it('above 2^53 stay different blocks', () => {
    const { events } = parseKvEventLine(batch(1, stored('9007199254740993,9007199254740992', 32)), 'f', 1);
    expect(events[0]?.[1]).toEqual(['9007199254740993', '9007199254740992']);
  });

  it('are one block in either spelling: 64 bits, or base64 of the digest that ends in them', () => {
    const digest = Buffer.concat([Buffer.alloc(24, 7), Buffer.from('f123456789abcdef', 'hex')]);
    expect(blockName(digest.toString('base64'))).toBe(BigInt('0xf123456789abcdef').toString());
    expect(blockName('17375808098319191535')).toBe('17375808098319191535');
    expect(blockName(42)).toBe('42');
    expect(blockName('short')).toBeUndefined();
  });
});

describe('a stream of KV events', () => {
  it('beside requests gives the block size and what was computed again', async () => {
    const trace = await ingestFiles({
      'requests.jsonl': REQUESTS,
      'kv.jsonl':
        batch(1, stored('9007199254740993', 16)) +
        batch(2, '["BlockRemoved",[9007199254740993],"GPU"]') +
        batch(3, stored('9007199254740993', 16), stored('9007199254740992', 16), '["Surprise"]'),
    });
    expect(trace.meta.server?.blockSizeTokens).toBe(16);
    expect(diagnosed(trace, 'kv-blocks-recomputed')).toBe(1);
    expect(diagnosed(trace, 'kv-event-unknown')).toBe(1);
    expect(trace.requests.count).toBe(1);
  });

  it('counts a transfer once however many workers report it, and finds its request', async () => {
    const trace = await ingestFiles({
      'requests.jsonl': REQUESTS,
      'kv.jsonl':
        batch(1, transfer(1, 'cmpl-a-0-0badf00d'), transfer(1, 'cmpl-a-0-0badf00d')) +
        batch(0.5, transfer(2, 'cmpl-b-0-0badf00e')),
    });
    expect(diagnosed(trace, 'kv-transfer-repeated')).toBe(1);
    expect(diagnosed(trace, 'request-kv-moved')).toBe(1);
    expect(diagnosed(trace, 'kv-event-not-joined')).toBe(1);
    expect(diagnosed(trace, 'kv-run-restarted')).toBe(1);
  });

  it('alone is no run, and a line of another shape is named', async () => {
    await expectRefusal('TRACE_EMPTY', () => ingestFiles({ 'kv.jsonl': batch(1, stored('1', 16)) }));
    const error = await expectRefusal('FORMAT_INVALID', () =>
      ingestFiles({ 'kv.jsonl': `${batch(1, stored('1', 16))}{"ts":1}\n` }),
    );
    expect(error.line).toBe(2);
  });
});

/** Blocks of 16 tokens each that continue another. */
const chain = (hashes: string, parent: string): string =>
  `["BlockStored",[${hashes}],${parent},[${Array.from({ length: 16 * hashes.split(',').length }, (_, i) => i).join(',')}],16,null,"GPU",null]`;

describe('prefixes in KV events', () => {
  const [R, S, A, B, C] = ['11', '12', '21', '22', '23'].map((n) => `10000000000000000${n}`);
  /** Three sequences of 33 prompt and 16 output tokens: three blocks each, of which the first two are shared. */
  const requests = ['a', 'b', 'c'].map((id) =>
    REQUESTS.replace('cmpl-a', `cmpl-${id}`).replace('16,', '33,').replace(':2,', ':16,'),
  );
  const events =
    batch(1, chain(`${R},${S},${A}`, 'null')) +
    batch(2, chain(`${B}`, `${S}`)) +
    batch(3, chain(`${C}`, `${S}`));

  it('are beginnings after which stored sequences part; blocks that no sequence stored were hits', async () => {
    const trace = await ingestFiles({ 'requests.jsonl': requests.join(''), 'kv.jsonl': events });
    const shared = trace.diagnostics.find(({ code }) => code === 'kv-prefix-shared');
    expect(shared).toMatchObject({
      count: 1,
      message: 'prefixes of 32 tokens in KV events that several prompts share',
    });
    expect(diagnosed(trace, 'kv-prefix-not-joined')).toBe(3);
    expect(diagnosed(trace, 'kv-blocks-reused')).toBe(3 * 3 - 5);
  });

  it('are evidence of hits that the workload does not declare', async () => {
    const trace = await ingestFiles({ 'requests.jsonl': requests.join(''), 'kv.jsonl': events });
    const [finding] = seen('prefix-hits-undeclared', trace);
    expect(finding).toMatchObject({ severity: 'warning', figures: { hitRatio: (4 * 16) / (3 * 33) } });
    expect(finding?.found).toContain('prefixes of 32 tokens');
    const alone = await ingestFiles({
      'requests.jsonl': requests[0]!,
      'kv.jsonl': batch(1, chain(`${R},${S},${A}`, 'null')),
    });
    expect(seen('prefix-hits-undeclared', alone)).toEqual([]);
  });
});

const data = dataFolder();

describe.skipIf(data === undefined)('the synthetic experiment', () => {
  it('has the groups and the hits that its generator made', async () => {
    const trace = await ingestPath(join(data ?? '', 'samples/otlp/synthetic-experiment'));
    const shared = trace.diagnostics.find(({ code }) => code === 'kv-prefix-shared');
    // two groups of 48 tokens; 6 requests found these 3 blocks in the cache
    expect(shared?.count).toBe(2);
    expect(shared?.message).toContain('of 48 tokens');
    expect(diagnosed(trace, 'kv-blocks-reused')).toBe(6 * 3);
  });
});
