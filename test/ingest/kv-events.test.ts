import { describe, expect, it } from 'vitest';
import { blockName, parseKvEventLine } from '../../src/ingest/kv-event-lines.js';
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
