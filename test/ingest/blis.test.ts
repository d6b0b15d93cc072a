import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tokenSpan } from '../../src/ingest/blis-chunk-times.js';
import { ingestPath } from '../../src/ingest/index.js';
import { requestDurations } from '../../src/trace/request-durations.js';
import { dataFolder } from '../data.js';
import { diagnosed, expectRefusal } from './fixtures.js';
import { ingestFiles } from './temporary-run.js';

const data = dataFolder();
const samples = join(data ?? '', 'samples/blis');

describe('chunks of a stream', () => {
  it('N of them are the tokens; one more ends with usage; two more also begin with a role', () => {
    expect(tokenSpan([1, 2, 3], 3)).toEqual({ firstUs: 1, lastUs: 3 });
    expect(tokenSpan([1, 2, 3, 4], 3)).toEqual({ firstUs: 1, lastUs: 3 });
    expect(tokenSpan([0, 1, 2, 3, 4], 3)).toEqual({ firstUs: 1, lastUs: 3 });
  });

  it('say nothing about tokens when there are fewer, or many more', () => {
    expect(tokenSpan([1, 2], 3)).toBeUndefined();
    expect(tokenSpan([1, 2, 3, 4, 5, 6], 3)).toBeUndefined();
    expect(tokenSpan([], 0)).toBeUndefined();
  });
});

describe.skipIf(data === undefined)('TraceV2 with its chunk times', () => {
  it('ends requests with their last token, not with the usage chunk', async () => {
    const [trace, itl, header] = await Promise.all(
      ['tracev2-real.csv', 'itl.csv', 'tracev2-real.yaml'].map((name) =>
        readFile(join(samples, name), 'utf8'),
      ),
    );
    const joined = await ingestFiles({
      'trace.csv': trace!,
      'itl.csv': `${itl!}99,0,1750000100409551\n`,
      'header.yaml': header!,
    });
    expect(joined.requests.ids?.[0]).toBe('00000000-0000-4000-8000-000000000002');
    // request 2: chunk 5 at …459703 is its sixth token, chunk 6 at …459763 the usage; sent at …367737
    expect(requestDurations(joined.requests).e2eMs[0]).toBeCloseTo(91.966, 6);
    expect(diagnosed(joined, 'request-token-times')).toBe(7);
    expect(diagnosed(joined, 'chunk-times-not-joined')).toBe(1);
  });

  it('refuses chunk times alone, and says what they lack', async () => {
    const error = await expectRefusal('TRACE_EMPTY', () => ingestPath(join(samples, 'itl.csv')));
    expect(error.hint).toContain('TraceV2');
  });

  it('reads calibration reports for what was measured', async () => {
    const { meta, stages } = await ingestPath(join(samples, 'calibration.json'));
    expect(meta).toMatchObject({ synthetic: false, clock: 'client' });
    expect(stages?.[0]?.metrics).toMatchObject({ ttftP50Ms: 41.814, e2eP50Ms: 91.988 });
    expect(stages?.[0]?.metrics['ttftP90Ms']).toBeCloseTo(43.0928, 6);
  });

  it('reads results as simulated, without arrivals', async () => {
    const { meta, stages, requests } = await ingestPath(join(samples, 'simresults.json'));
    expect(meta).toMatchObject({ synthetic: true, clock: 'simulated', model: 'example-org/tiny-llm' });
    expect(requests.count).toBe(0);
    expect(stages).toMatchObject([{ requests: 7, metrics: { ttftP50Ms: 39.05, e2eP50Ms: 88.125 } }]);
  });
});

it('metrics of a BLIS run: arrivals in s, everything else in ms; unserved requests are unfinished', async () => {
  const { meta, requests, stages } = await ingestFiles({
    'metrics.json': JSON.stringify({
      instance_id: 'cluster',
      injected_requests: 3,
      completed_requests: 1,
      timed_out_requests: 0,
      ttft_mean_ms: 40,
      e2e_p99_ms: 90,
      requests: [
        {
          requestID: 'r1',
          arrived_at: 2,
          num_prefill_tokens: 9,
          num_decode_tokens: 6,
          ttft_ms: 0,
          e2e_ms: 0,
        },
        {
          requestID: 'r0',
          arrived_at: 1,
          num_prefill_tokens: 8,
          num_decode_tokens: 6,
          ttft_ms: 40,
          e2e_ms: 90,
          scheduling_delay_ms: 5,
        },
      ],
    }),
  });
  expect(meta).toMatchObject({ synthetic: true, clock: 'simulated' });
  expect(requests.ids).toEqual(['r0', 'r1']);
  expect([...requests.arrivedAtUs]).toEqual([0, 1e6]);
  expect([...requests.finishedAtUs]).toEqual([90_000, NaN]);
  expect([...(requests.scheduledAtUs ?? [])]).toEqual([5000, NaN]);
  expect(stages).toEqual([{ stage: 0, requests: 3, failed: 0, metrics: { ttftMeanMs: 40, e2eP99Ms: 90 } }]);
});
