import type { StepColumns } from '../trace/trace.js';
import { msToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { readLines } from './read-file.js';
import { looksLikeVllmLog } from './vllm-log.js';

const ITERATION =
  /Iteration\((\d+)\): (\d+) context requests, (\d+) context tokens, (\d+) generation requests, (\d+) generation tokens, iteration elapsed time: ([\d.]+) ms/u;

/** An `Iteration(n)` line of vLLM's log (`--enable-logging-iteration-details`). */
interface Iteration {
  readonly number: number;
  readonly prefillRequests: number;
  readonly prefillTokens: number;
  readonly decodeRequests: number;
  readonly elapsedMs: number;
}

function iterationOf(line: string): Iteration | undefined {
  const match = ITERATION.exec(line);
  if (match === null) return undefined;
  const [
    number = 0,
    contextRequests = 0,
    contextTokens = 0,
    decodeRequests = 0,
    decodeTokens = 0,
    elapsedMs = 0,
  ] = match.slice(1).map(Number);
  // decode requests with more than one token each are recomputing after preemption; how many is not logged
  const recomputed = decodeTokens - decodeRequests;
  return {
    number,
    prefillRequests: contextRequests,
    prefillTokens: contextTokens + recomputed,
    decodeRequests,
    elapsedMs,
  };
}

const LARGEST_INT32 = 2 ** 31 - 1;

/** Counts that columns can hold, none below nothing. */
const isSound = ({ number, prefillTokens, prefillRequests, decodeRequests }: Iteration): boolean =>
  [number + 1, prefillTokens, prefillRequests, decodeRequests].every(
    (count) => count >= 0 && count <= LARGEST_INT32,
  );

/** Columns of logged iterations; what the log does not hold (times of day, contexts, queues, KV use) is unknown. */
function stepColumns(iterations: readonly Iteration[]): StepColumns {
  const unknown = (): Float64Array => new Float64Array(iterations.length).fill(Number.NaN);
  const unknownCount = (): Int32Array => new Int32Array(iterations.length).fill(-1);
  return {
    count: iterations.length,
    id: Int32Array.from(iterations, ({ number }) => number + 1),
    scheduledAtUs: unknown(),
    periodUs: Float64Array.from(iterations, ({ elapsedMs }) => msToUs(elapsedMs)),
    prefillTokens: Float64Array.from(iterations, (step) => step.prefillTokens),
    prefillRequests: Float64Array.from(iterations, (step) => step.prefillRequests),
    decodeRequests: Float64Array.from(iterations, (step) => step.decodeRequests),
    decodeContextTokens: unknown(),
    prefillContextTokens: unknown(),
    prefillAttentionPairs: unknown(),
    prefillPromptPairs: unknown(),
    newRequests: unknown(),
    running: unknownCount(),
    waiting: unknownCount(),
    kvBlocksUsed: unknownCount(),
  };
}

async function readIterations(
  files: readonly FileProbe[],
  facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const iterations: Iteration[] = [];
  for (const { file } of files) {
    for await (const { text } of readLines(file, { encoding: 'lossy' })) {
      const iteration = iterationOf(text);
      if (iteration === undefined) continue;
      if (isSound(iteration)) iterations.push(iteration);
      else log.add('dropped', 'step-incomplete', 'iterations with an impossible figure');
    }
  }
  if (iterations.length === 0) return {};
  if (facts.server?.asyncScheduling !== false) {
    log.add(
      'doubt',
      'iteration-waits',
      'iterations timed by the wait for their result, a little less than their GPU time',
      iterations.length,
    );
  }
  log.add(
    'doubt',
    'step-context-unknown',
    'steps whose context lengths the log does not hold',
    iterations.length,
  );
  return { steps: stepColumns(iterations), clock: 'engine' };
}

/** Step composition and times from a vLLM log. */
export const vllmIterationsImporter: DataImporter = {
  format: 'vllm-log',
  looksFor: 'a vLLM log with `Iteration(n):` lines',
  matches: looksLikeVllmLog,
  read: readIterations,
};
