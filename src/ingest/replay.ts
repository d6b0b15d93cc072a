import { TruelineError } from '../errors.js';
import { checkShape } from '../text/check-shape.js';
import { sToUs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { onlyOne } from './only-one.js';
import type { FileProbe } from './probe-file.js';
import { replaySchema, truthSchema, type Replay, type ReplayRequest, type Truth } from './replay-schema.js';
import { requestTable, splitStages, type RequestRow } from './request-table.js';
import { hasKeys, items, member } from './value-guards.js';

const isReplay = (value: unknown): boolean =>
  hasKeys(value, 'experiment', 'config', 'requests') &&
  hasKeys(items(member(value, 'requests'))[0], 'arrival_time_us');
const isTruth = (value: unknown): boolean => hasKeys(items(value)[0], 'index', 'has_error');

/** Prompts repeat in this cycle when the load configuration is not at hand (inference-perf's default, 10 groups of 10). */
const DEFAULT_DISTINCT_PROMPTS = 100;

const documentOf = (probe: FileProbe): { file: string; value: unknown; lineOf: () => undefined } => ({
  file: probe.file,
  value: probe.value,
  lineOf: () => undefined,
});

/** Clocks and durations a client cannot have measured. */
function isPossible(request: ReplayRequest, truth: Truth | undefined): boolean {
  const { e2e_s: e2e, ttft_s: ttft } = truth ?? {};
  if (!Number.isFinite(request.arrival_time_us) || request.arrival_time_us < 0) return false;
  if (typeof e2e === 'number' && e2e < 0) return false;
  return !(typeof ttft === 'number' && (ttft < 0 || (typeof e2e === 'number' && ttft > e2e)));
}

/** Prompt length by prompt: failed requests report none, but the same prompt was sent again one cycle away. */
function promptLengths(requests: readonly ReplayRequest[], promptIds: Int32Array): Map<number, number[]> {
  const lengths = new Map<number, number[]>();
  requests.forEach(({ input_tokens: tokens }, i) => {
    const id = promptIds[i] ?? -1;
    if (tokens > 0) lengths.set(id, [...(lengths.get(id) ?? []), tokens]);
  });
  return lengths;
}

const middle = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

function promptIdsOf(requests: readonly ReplayRequest[], stages: Uint16Array, cycle: number): Int32Array {
  let stage = -1;
  let stageStart = 0;
  return Int32Array.from(requests, ({ index }, i) => {
    const here = stages[i] ?? 0;
    if (stage !== -1 && here !== stage) stageStart = index; // each stage starts the cycle again
    stage = here;
    return (index - stageStart) % cycle;
  });
}

/** A request with what was found out about it from the others. */
interface PlacedRequest {
  readonly request: ReplayRequest;
  readonly truth: Truth | undefined;
  readonly stage: number;
  readonly promptId: number;
  /** As reported, or that of the same prompt elsewhere; undefined when no request with this prompt succeeded. */
  readonly promptTokens: number | undefined;
}

/** Requests in order of arrival with their stage, prompt and latencies. */
function placeRequests(
  replay: Replay,
  truths: ReadonlyMap<number, Truth>,
  facts: RunFacts,
  log: DiagnosticLog,
): PlacedRequest[] {
  const possible = replay.requests.filter((request) => isPossible(request, truths.get(request.index)));
  const impossible = replay.requests.length - possible.length;
  log.add('dropped', 'request-impossible-time', 'requests with a negative or inconsistent time', impossible);
  const requests = possible.toSorted((a, b) => a.arrival_time_us - b.arrival_time_us || a.index - b.index);
  const stages = splitStages(
    requests.map((request) => request.arrival_time_us),
    facts.stages?.length ?? 1,
  );
  const promptIds = promptIdsOf(requests, stages, facts.distinctPrompts ?? DEFAULT_DISTINCT_PROMPTS);
  const lengths = promptLengths(requests, promptIds);
  return requests.map((request, i) => {
    const promptId = promptIds[i] ?? 0;
    const promptTokens =
      request.input_tokens > 0 ? request.input_tokens : middle(lengths.get(promptId) ?? []);
    return { request, truth: truths.get(request.index), stage: stages[i] ?? 0, promptId, promptTokens };
  });
}

function rowOf(placed: PlacedRequest, facts: RunFacts, log: DiagnosticLog): RequestRow {
  const { request, truth, stage, promptId, promptTokens } = placed;
  if (request.input_tokens === 0) {
    log.add(
      'repaired',
      'prompt-length-of-failed',
      'prompt lengths taken from the same prompt one cycle away',
    );
  }
  if (truth === undefined) log.add('doubt', 'request-without-truth', 'requests have no measured latency');
  const arrivedAtUs = request.arrival_time_us;
  const failed = request.has_error || truth?.has_error === true;
  const atUs = (seconds: number | null | undefined): number | undefined =>
    typeof seconds === 'number' ? arrivedAtUs + sToUs(seconds) : undefined;
  return {
    id: String(request.index),
    arrivedAtUs,
    firstTokenAtUs: failed ? undefined : atUs(truth?.ttft_s),
    finishedAtUs: atUs(truth?.e2e_s),
    promptTokens,
    outputTokens: facts.outputTokens ?? request.output_tokens,
    promptId,
    stage,
    status: failed ? 'failed' : truth === undefined ? 'unfinished' : 'finished',
  };
}

function factsOf(replay: Replay): RunFacts {
  const { config } = replay;
  return {
    model: replay.model_id,
    workloadName: replay.profile,
    server: {
      tensorParallelSize: config.tensor_parallelism,
      maxNumSeqs: config.max_num_seqs,
      maxNumBatchedTokens: config.max_num_batched_tokens,
      blockSizeTokens: config.block_size,
      totalKvBlocks: config.kv_blocks_total_gpu + 1, // the published count leaves out the null block
    },
  };
}

async function readReplay(
  files: readonly FileProbe[],
  facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  const replayFile = onlyOne(
    files.filter(({ value }) => isReplay(value)),
    'replay file',
  );
  const truthFile = onlyOne(
    files.filter(({ value }) => isTruth(value)),
    'ground truth',
  );
  if (replayFile === undefined) {
    throw new TruelineError('TRACE_INVALID', 'latencies without the requests they belong to', {
      file: truthFile?.file ?? '',
      hint: 'Put the replay file (`replay.json`) beside it.',
    });
  }
  const replay = checkShape(replaySchema, documentOf(replayFile));
  const truths = truthFile === undefined ? [] : checkShape(truthSchema, documentOf(truthFile));
  const byIndex = new Map(truths.map((truth) => [truth.index, truth]));
  const rows = placeRequests(replay, byIndex, facts, log).map((placed) => rowOf(placed, facts, log));
  if (facts.outputTokens === undefined) {
    log.add(
      'doubt',
      'output-tokens-retokenised',
      'output lengths are re-tokenised counts, not what the server generated',
      rows.length,
    );
  }
  const known = new Set(replay.requests.map(({ index }) => index));
  const orphans = truths.filter(({ index }) => !known.has(index)).length;
  log.add('dropped', 'truth-without-request', 'latencies whose request is not in the replay', orphans);
  return Promise.resolve({ requests: requestTable(rows, log), clock: 'client', facts: factsOf(replay) });
}

/** Requests as a load generator sent them, with their measured TTFT and E2E (inference-sim/training replay data). */
export const replayImporter: DataImporter = {
  format: 'replay',
  looksFor:
    'replay data: an object with `experiment`, `config`, `requests[].arrival_time_us`; an array of `index`, `has_error`',
  matches: ({ kind, value }) => kind === 'json' && (isReplay(value) || isTruth(value)),
  read: readReplay,
};
