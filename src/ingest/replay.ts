import * as z from 'zod';
import { TruelineError } from '../errors.js';
import { checkShape } from '../text/check-shape.js';
import { sToUs } from '../units.js';
import type { DiagnosticLog } from './diagnostics.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import { onlyOne } from './only-one.js';
import type { FileProbe } from './probe-file.js';
import { requestTable, splitStages, type RequestRow } from './request-table.js';
import { hasKeys, items, member } from './value-guards.js';

const count = z.int().nonnegative();

const replaySchema = z.object({
  experiment: z.string(),
  model_id: z.string(),
  profile: z.string(),
  config: z.object({
    tensor_parallelism: count,
    max_num_seqs: count,
    max_num_batched_tokens: count,
    kv_blocks_total_gpu: count,
    block_size: count,
  }),
  requests: z.array(
    z.object({
      index: count,
      arrival_time_us: z.number(),
      input_tokens: count,
      output_tokens: count,
      has_error: z.boolean(),
    }),
  ),
});
type Replay = z.infer<typeof replaySchema>;
type ReplayRequest = Replay['requests'][number];

const truthSchema = z.array(
  z.object({
    index: count,
    has_error: z.boolean(),
    e2e_s: z.number().nullish(),
    ttft_s: z.number().nullish(),
  }),
);
type Truth = z.infer<typeof truthSchema>[number];

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

const middle = (sorted: readonly number[]): number | undefined => sorted[Math.floor(sorted.length / 2)];

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

/** Rows of a replay with its ground truth joined on `index`. */
function replayRows(
  replay: Replay,
  truths: ReadonlyMap<number, Truth>,
  facts: RunFacts,
  log: DiagnosticLog,
): RequestRow[] {
  const possible = replay.requests.filter((request) => isPossible(request, truths.get(request.index)));
  log.add(
    'dropped',
    'request-impossible-time',
    'requests with a negative or inconsistent time',
    replay.requests.length - possible.length,
  );
  const requests = possible.toSorted((a, b) => a.arrival_time_us - b.arrival_time_us || a.index - b.index);
  const stages = splitStages(
    requests.map((r) => r.arrival_time_us),
    facts.stages?.length ?? 1,
  );
  const promptIds = promptIdsOf(requests, stages, facts.distinctPrompts ?? DEFAULT_DISTINCT_PROMPTS);
  const lengths = promptLengths(requests, promptIds);
  return requests.map((request, i): RequestRow => {
    const truth = truths.get(request.index);
    const arrivedAtUs = request.arrival_time_us;
    const promptId = promptIds[i] ?? 0;
    const failed = request.has_error || truth?.has_error === true;
    const atUs = (seconds: number | null | undefined): number | undefined =>
      typeof seconds === 'number' ? arrivedAtUs + sToUs(seconds) : undefined;
    if (request.input_tokens === 0)
      log.add(
        'repaired',
        'prompt-length-of-failed',
        'prompt lengths taken from the same prompt one cycle away',
      );
    if (truth === undefined) log.add('doubt', 'request-without-truth', 'requests have no measured latency');
    return {
      id: String(request.index),
      arrivedAtUs,
      firstTokenAtUs: failed ? undefined : atUs(truth?.ttft_s),
      finishedAtUs: atUs(truth?.e2e_s),
      promptTokens:
        request.input_tokens > 0
          ? request.input_tokens
          : middle((lengths.get(promptId) ?? []).toSorted((a, b) => a - b)),
      outputTokens: facts.outputTokens ?? request.output_tokens,
      promptId,
      stage: stages[i],
      status: failed ? 'failed' : truth === undefined ? 'unfinished' : 'finished',
    };
  });
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
  const rows = replayRows(replay, new Map(truths.map((truth) => [truth.index, truth])), facts, log);
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
  return Promise.resolve({ requests: requestTable(rows), clock: 'client', facts: factsOf(replay) });
}

/** Requests as a load generator sent them, with their measured TTFT and E2E (inference-sim/training replay data). */
export const replayImporter: DataImporter = {
  format: 'replay',
  looksFor:
    'replay data: an object with `experiment`, `config`, `requests[].arrival_time_us`; an array of `index`, `has_error`',
  matches: ({ kind, value }) => kind === 'json' && (isReplay(value) || isTruth(value)),
  read: readReplay,
};
