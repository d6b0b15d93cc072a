import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { ingestPath } from '../../src/ingest/index.js';
import { checkInflation, MAX_DOCUMENT_BYTES } from '../../src/ingest/input-limits.js';
import { refusal } from '../refusal.js';
import { diagnosed, expectRefusal } from './fixtures.js';
import { FUZZ_AGGREGATES } from './fuzz-aggregates.js';
import { FUZZ_INPUTS } from './fuzz-inputs.js';
import { temporaryFile } from './temporary-file.js';

const OTLP = FUZZ_INPUTS['otlp']!;
const STEP_LINE = OTLP.split('\n')[0]!;

/** Reads content as a file of its own. */
const ingestContent = async (content: string | Buffer) => ingestPath(await temporaryFile('run', content));

const REFUSED: readonly [what: string, content: string | Buffer, code: ErrorCode][] = [
  ['UTF-16 with its mark', Buffer.from(`\uFEFF${OTLP}`, 'utf16le'), 'FILE_BAD_ENCODING'],
  ['UTF-16 without a mark', Buffer.from(OTLP, 'utf16le'), 'FILE_BAD_ENCODING'],
  ['Latin-1', Buffer.from(OTLP.replace('demo', 'd\u00e9mo'), 'latin1'), 'FILE_BAD_ENCODING'],
  ['half a line', OTLP.slice(0, -5), 'FILE_TRUNCATED'],
  ['a line of brackets without end', `${STEP_LINE}\n${'['.repeat(100_000)}`, 'FORMAT_INVALID'],
  [
    'a bomb of blanks',
    gzipSync(Buffer.concat([Buffer.from(`${STEP_LINE}\n`), Buffer.alloc(300 * 2 ** 20, ' ')])),
    'FILE_TOO_LARGE',
  ],
  [
    'steps too far apart for one run',
    OTLP.replace('"step.id","value":{"intValue":"5"', '"step.id","value":{"intValue":"99000000"'),
    'TRACE_INVALID',
  ],
];

describe('a file is refused that holds', () => {
  it.each(REFUSED)('%s', { timeout: 60_000 }, async (_what, content, code) => {
    const error = await expectRefusal(code, () => ingestContent(content));
    expect(error.file).toBeDefined();
    expect(error.hint).toBeDefined();
  });

  it('more than a hundredfold of the most that is believed', () => {
    expect(refusal(() => checkInflation(2 ** 30, 2 ** 20, 'x')).code).toBe('FILE_TOO_LARGE');
    expect(() => checkInflation(MAX_DOCUMENT_BYTES, MAX_DOCUMENT_BYTES / 40, 'x')).not.toThrow();
  });
});

describe('a file is read as if it were clean that has', () => {
  it.each([
    ['CRLF', OTLP.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${OTLP}`],
    ['blank lines', `\n\n${OTLP}\n\n`],
    ['U+2028 inside a text', OTLP.replace('"traceId"', '"note":"a\u2028b","traceId"')],
    [
      'nesting that nobody asked for',
      OTLP.replace('"traceId"', `"note":${'['.repeat(80)}${']'.repeat(80)},"traceId"`),
    ],
    ['keys of prototypes', OTLP.replace('"traceId"', '"__proto__":{"events":[]},"constructor":1,"traceId"')],
  ])('%s', async (_what, content) => {
    const [clean, odd] = [await ingestContent(OTLP), await ingestContent(content)];
    expect({ ...odd, meta: { ...odd.meta, files: [] } }).toEqual({
      ...clean,
      meta: { ...clean.meta, files: [] },
    });
  });
});

describe('figures that cannot be are counted', () => {
  it('instants beyond 2^53 ns keep their microseconds', async () => {
    const late = OTLP.replaceAll(/"(50[1235]0000000)"/gu, '"9007199$1"');
    const { steps } = await ingestContent(late);
    const [first = NaN, second = NaN, third = NaN] = steps!.scheduledAtUs;
    expect([second - first, third - second]).toEqual([10_000, 10_000]);
  });

  it.each([
    ['"step.id","value":{"intValue":"3"', '"step.id","value":{"intValue":"NaN"', 'step-incomplete'],
    [
      '"batch.decode_tokens","value":{"intValue":"0"',
      '"batch.decode_tokens","value":{"intValue":"18446744073709551615"',
      'step-incomplete',
    ],
    ['"step.id","value":{"intValue":"3"', '"step.id","value":{"intValue":"2"', 'step-duplicate'],
    ['"spanId":"00f067aa0ba902b7"', '"droppedEventsCount":7,"spanId":"00f067aa0ba902b7"', 'otlp-events-lost'],
  ])('%s → %s as %s', async (from, to, code) => {
    expect(OTLP).toContain(from);
    expect(diagnosed(await ingestContent(OTLP.replace(from, to)), code)).toBeGreaterThan(0);
  });

  it('a line that is no export, and a request that is recorded twice', async () => {
    expect(diagnosed(await ingestContent(`${OTLP}\n{"resourceSpans":7}`), 'otlp-line-strange')).toBe(1);
    const twice = await ingestContent(`${OTLP}\n${OTLP.split('\n')[1]!}`);
    expect(diagnosed(twice, 'journey-duplicate')).toBe(1);
    expect(twice.requests.count).toBe(1);
  });

  it('token counts beyond 32 bits', async () => {
    const trace = await ingestContent(
      FUZZ_INPUTS['aiperf']!.replace('"value":10', '"value":9007199254740993'),
    );
    expect(diagnosed(trace, 'request-impossible-count')).toBe(1);
    expect(trace.requests.promptTokens[0]).toBe(-1);
  });

  it('figures of stages that cannot be, also those beside the metrics', async () => {
    const clean = FUZZ_INPUTS['inference-perf-stage']!;
    const trace = await ingestContent(
      clean
        .replace('"output_len":{"mean":0.2', '"output_len":{"mean":-1')
        .replace('"p99":0.39', '"p99":1e308'),
    );
    expect(diagnosed(trace, 'stage-impossible-figure')).toBe(2);
    expect(trace.stages?.[0]).not.toHaveProperty('meanOutputTokens');
    expect(trace.stages?.[0]?.sendLagMeanMs).toBe(200);
    expect(trace.stages?.[0]).not.toHaveProperty('sendLagP99Ms');
  });

  it('an option of a log that names a prototype is no option', async () => {
    const log = FUZZ_INPUTS['vllm-log']!.replace('max_seq_len=4096', 'constructor=7, __proto__=8');
    const { server } = (await ingestContent(log)).meta;
    expect(server).toEqual({
      ...(await ingestContent(FUZZ_INPUTS['vllm-log']!)).meta.server,
      maxModelLenTokens: undefined,
    });
  });

  it('a unit that names a prototype is no unit', async () => {
    const { stages } = await ingestContent(
      FUZZ_AGGREGATES['aiperf-aggregate']!.replace('"unit":"ms"', '"unit":"__proto__"'),
    );
    expect(stages?.[0]?.metrics['ttftMeanMs']).toBe(20.5);
  });
});
