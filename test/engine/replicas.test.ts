import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalSource } from '../../src/engine/arrival-source.js';
import { engineLimits } from '../../src/engine/engine-limits.js';
import { simulate, type RequestTable } from '../../src/engine/index.js';
import { blockCopyUs } from '../../src/engine/kv-capacity.js';
import { LoadBalancer } from '../../src/engine/load-balancer.js';
import { Replicas } from '../../src/engine/replicas.js';
import { StepTotals } from '../../src/engine/simulation-summary.js';
import { affineLatency, H100, LLAMA_8B, server, table } from './setup.js';
import { randomRun, type RandomRun } from './twin/random-runs.js';

const latency = affineLatency({ stepUs: 10_000, prefillTokenUs: 1_000, decodeUs: 0, contextTokenUs: 0 });
const machine = { arch: LLAMA_8B, gpu: H100, latency };

/** The rows of a table that went to one replica. */
function share(requests: RequestTable, rows: readonly number[]): RequestTable {
  const { stageGapUs: _, ...open } = requests;
  return {
    ...open,
    count: rows.length,
    arrivedAtUs: Float64Array.from(rows, (row) => requests.arrivedAtUs[row]!),
    promptTokens: Int32Array.from(rows, (row) => requests.promptTokens[row]!),
    outputTokens: Int32Array.from(rows, (row) => requests.outputTokens[row]!),
    promptId: Int32Array.from(rows, (row) => requests.promptId[row]!),
    stage: Uint16Array.from(rows, (row) => requests.stage[row]!),
    priority: Int32Array.from(rows, (row) => requests.priority![row]!),
    ...(requests.stopAfterTokens && {
      stopAfterTokens: Int32Array.from(rows, (row) => requests.stopAfterTokens![row]!),
    }),
    ...(requests.abortAfterUs && {
      abortAfterUs: Float64Array.from(rows, (row) => requests.abortAfterUs![row]!),
    }),
  };
}

function expectEachAsIfAlone(run: RandomRun, count: number): void {
  const { requests, server: config, latency: prices, gpu } = run;
  const limits = engineLimits(config, config.totalKvBlocks!, blockCopyUs(LLAMA_8B, gpu, config));
  const source = new ArrivalSource(requests, prices.frontBeforeUs);
  const totals = new StepTotals(limits.usableBlocks);
  const replicas = new Replicas(count, requests, limits, source, prices, totals, true);
  replicas.run();
  const together = replicas.engines[0]!.log.columns(requests);
  for (let replica = 0; replica < count; replica++) {
    const rows = [...replicas.replicaOf.keys()].filter((row) => replicas.replicaOf[row] === replica);
    if (rows.length === 0) continue;
    const alone = simulate({
      arch: LLAMA_8B,
      gpu,
      server: config,
      requests: share(requests, rows),
      latency: prices,
    }).trace.requests;
    for (const column of ['queuedAtUs', 'firstTokenAtUs', 'finishedAtUs', 'status', 'cachedTokens'] as const)
      expect(
        rows.map((row) => together[column]![row]),
        column,
      ).toEqual(Array.from(alone[column]!));
  }
}

describe('data-parallel replicas', () => {
  it('each serve their requests as an engine of their own would', () => {
    // With a tiny CPU tier vLLM may hang, and the simulation is refused.
    const openLoop = randomRun.filter(
      ({ requests, server: config }) => requests.stageGapUs === undefined && config.cpuKvBlocks === undefined,
    );
    fc.assert(fc.property(openLoop, fc.integer({ min: 2, max: 4 }), expectEachAsIfAlone), {
      numRuns: 300,
      seed: 20_261_121,
    });
  });

  it('share four equal requests evenly, worked by hand', () => {
    const rows = Array.from({ length: 4 }, () => ({ at: 0, prompt: 4, output: 2 }));
    const config = server({ dataParallelSize: 2, maxNumSeqs: 1 });
    const { trace, summary } = simulate({
      ...machine,
      server: config,
      requests: table(rows),
      recordSteps: true,
    });
    // Rows 0 and 2 go to the first replica, 1 and 3 to the second. In each: prefill 0 – 14 ms, decode 14 – 24, and
    // after 1 ms of sleep the same for the other: 25 – 39, 39 – 49.
    expect(trace.requests.finishedAtUs).toEqual(Float64Array.of(24_000, 24_000, 49_000, 49_000));
    expect(summary).toMatchObject({ steps: 8, busyUs: 2 * 48_000, peakRunning: 1, outputTokens: 8 });
    expect(trace).not.toHaveProperty('steps');
    expect(trace.requests).not.toHaveProperty('finishedStep');
    expect(trace.diagnostics).toMatchObject([{ code: 'REPLICA_STEPS_OMITTED', count: 2 }]);
  });

  it('serve a closed loop', () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ at: 10 * i, prompt: 1 + i, output: 1 + (i % 7) }));
    const requests = { ...table(rows), users: 5 };
    const config = server({ dataParallelSize: 3 });
    const { trace } = simulate({ ...machine, server: config, requests, check: true });
    expect(trace.requests.finishedAtUs.every((atUs) => atUs > 0)).toBe(true);
  });
});

describe('the load balancer', () => {
  it('counts what it sends until it hears of the queues', () => {
    const balancer = new LoadBalancer(3);
    expect([0, 0, 0, 0].map(() => balancer.choose())).toEqual([0, 1, 2, 0]);
  });

  it('weighs a waiting request like four running ones, by the counts at the last 100 ms', () => {
    const balancer = new LoadBalancer(2);
    balancer.report(0, { atUs: 40_000, waiting: 1, running: 5 });
    balancer.report(1, { atUs: 60_000, waiting: 0, running: 8 });
    balancer.report(1, { atUs: 130_000, waiting: 9, running: 9 });
    balancer.advance(99_999);
    expect(balancer.choose()).toBe(0);
    balancer.advance(120_000);
    // 9 against 8, then 9 against 12, then 13 against 12.
    expect([0, 0, 0].map(() => balancer.choose())).toEqual([1, 0, 1]);
  });
});
