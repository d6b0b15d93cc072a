import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { joinSteps, withMovedSteps } from '../../src/ingest/join-steps.js';
import { DiagnosticLog } from '../../src/trace/diagnostic-log.js';
import type { StepColumns } from '../../src/trace/trace.js';
import { madeUpRequests, madeUpSteps } from '../lint/made-up-run.js';
import { perRequestReport, sentRequests } from '../lint/recordings/client-files.js';
import { SERVER_CONFIG, serverLog, stepTrace } from '../lint/recordings/server-files.js';
import { verdicts } from '../lint/seen.js';
import { ingestFiles } from './temporary-run.js';
import { diagnosed } from './fixtures.js';

/** The rows of a table that are kept, and of those the ones that keep their period. */
function thinned(
  steps: StepColumns,
  isKept: (row: number) => boolean,
  isTimed: (row: number) => boolean,
): StepColumns {
  const rows = Array.from(steps.id, (_, row) => row).filter(isKept);
  const columns: Record<string, Float64Array | Int32Array> = {};
  for (const [name, column] of Object.entries<unknown>({ ...steps })) {
    if (column instanceof Float64Array) columns[name] = Float64Array.from(rows, (row) => column[row]!);
    if (column instanceof Int32Array) columns[name] = Int32Array.from(rows, (row) => column[row]!);
  }
  const periodUs = Float64Array.from(rows, (row) => (isTimed(row) ? steps.periodUs[row]! : NaN));
  return { ...steps, ...columns, periodUs, count: rows.length };
}

const found = (log: DiagnosticLog): Readonly<Record<string, number>> =>
  Object.fromEntries(log.list().map(({ code, count }) => [code, count]));

const WHOLE = madeUpSteps(60);
/** Ten steps are in both, timed in both, so that the two can be compared. */
const isShared = (row: number): boolean => row < 10;
const bits = fc.array(fc.boolean(), { minLength: 60, maxLength: 60 });

describe('steps of two sources of one engine', () => {
  test.prop([bits, bits, bits])('are joined to what either holds, in order', (inMain, inOther, timed) => {
    const main = thinned(
      WHOLE,
      (row) => isShared(row) || inMain[row]!,
      (row) => isShared(row) || timed[row]!,
    );
    const other = thinned(
      WHOLE,
      (row) => isShared(row) || inOther[row]!,
      () => true,
    );
    const log = new DiagnosticLog();
    const { steps, rowOf } = joinSteps(main, other, log)!;
    const ids = Array.from(WHOLE.id).filter((_, row) => isShared(row) || inMain[row]! || inOther[row]!);
    expect([...steps.id]).toEqual(ids);
    expect(Array.from(rowOf, (row) => steps.id[row])).toEqual([...main.id]);
    for (const [row, id] of steps.id.entries()) {
      const at = id - 1;
      expect(steps.prefillTokens[row]).toBe(WHOLE.prefillTokens[at]);
      const isKnown = isShared(at) || inOther[at]! || (inMain[at]! && timed[at]!);
      expect(steps.periodUs[row]! > 0).toBe(isKnown);
    }
    expect(found(log)['step-joined'] ?? 0).toBe(ids.length - main.count);
  });

  it('are left apart when their batches differ', () => {
    const shifted = { ...WHOLE, id: WHOLE.id.map((id) => id + 1) };
    const batches = { ...shifted, decodeRequests: WHOLE.decodeRequests.map((_, row) => row % 7) };
    expect(joinSteps(WHOLE, batches, new DiagnosticLog())).toBeUndefined();
    const elsewhere = { ...WHOLE, id: WHOLE.id.map((id) => id + 1000) };
    expect(joinSteps(WHOLE, elsewhere, new DiagnosticLog())).toBeUndefined();
  });

  it('do not lend periods that mean something else', () => {
    const main = thinned(
      WHOLE,
      () => true,
      (row) => row < 30,
    );
    const scheduler = { ...WHOLE, periodUs: WHOLE.periodUs.map(() => 400) };
    const log = new DiagnosticLog();
    expect(joinSteps(main, scheduler, log)!.steps.periodUs.filter((us) => us > 0)).toHaveLength(30);
    expect(found(log)).toEqual({ 'step-period-differs': 60 });
  });

  it('move the rows that requests refer to', () => {
    const requests = { ...madeUpRequests({ requests: 3 }), finishedStep: Int32Array.of(1, -1, 0) };
    expect([...withMovedSteps(requests, Int32Array.of(4, 7)).finishedStep!]).toEqual([7, -1, 4]);
  });
});

describe('steps beside requests of a client', () => {
  it('are on another clock, which lint says', async () => {
    const requests = perRequestReport(sentRequests({ requests: 40 }));
    const trace = await ingestFiles({ 'traces.json': stepTrace(100), 'requests.json': requests });
    expect(diagnosed(trace, 'step-clock-differs')).toBe(100);
    expect(verdicts('clocks-mixed', trace)).toEqual(['note run']);
  });
});

const sampledWithLog = (iterations: number, elapsedMs: number) => ({
  'exp-config.yaml': SERVER_CONFIG,
  'traces.json': stepTrace(100, (id) => id % 10 < 4),
  'vllm.log': serverLog(iterations, elapsedMs),
});

describe('a folder with sampled step tracing and the log of the same server', () => {
  it('has every step, timed where either source timed it', async () => {
    const trace = await ingestFiles(sampledWithLog(100, 15));
    expect(trace.steps?.count).toBe(100);
    expect(trace.steps?.periodUs.every((us) => us === 15_000)).toBe(true);
    expect(diagnosed(trace, 'step-joined')).toBe(60);
    expect(diagnosed(trace, 'part-not-joined')).toBe(0);
    expect(trace.steps?.scheduledAtUs.filter((us) => us >= 0)).toHaveLength(40);
  });

  it('says which steps the log does not hold', async () => {
    expect(diagnosed(await ingestFiles(sampledWithLog(50, 15)), 'step-not-joined')).toBe(20);
  });
});
