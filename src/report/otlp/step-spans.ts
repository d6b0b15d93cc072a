import { REQUEST_STATUSES } from '../../trace/trace.js';
import { firstDecodes } from './first-decodes.js';
import {
  double,
  exportLine,
  hexId,
  integer,
  nanos,
  SPAN_FLAGS,
  type Attribute,
  type Span,
  type SpanEvent,
} from './otlp-json.js';
import { NS_PER_US } from '../../units.js';
import { stepEndUs, type SimulatedRun } from '../simulated-run.js';

/** Steps per span: vLLM's default closure interval. */
const STEPS_PER_SPAN = 100;
const SPAN_KIND = 1;

/** Requests whose last token reached the engine between the previous `schedule()` call and the one of each row. */
function finishedBefore({ requests, steps }: SimulatedRun): Int32Array {
  const finished = REQUEST_STATUSES.indexOf('finished');
  const counts = new Int32Array(steps.count);
  for (let row = 0; row < requests.count; row++) {
    const last = requests.finishedStep[row]!;
    if (requests.status[row] !== finished || last < 0) continue;
    const endUs = stepEndUs(steps, last);
    let noticed = last + 1;
    while (noticed < steps.count && steps.scheduledAtUs[noticed]! < endUs) noticed++;
    if (noticed < steps.count) counts[noticed]! += 1;
  }
  return counts;
}

/** Blocks of the pool without the null block; unknown when the trace does not say. */
function kvAttributes({ meta, steps }: SimulatedRun, row: number): Attribute[] {
  const total = (meta.server?.totalKvBlocks ?? 0) - 1;
  if (total <= 0) return [];
  const used = steps.kvBlocksUsed[row]!;
  return [
    double('kv.usage_gpu_ratio', used / total),
    integer('kv.blocks_total_gpu', total),
    integer('kv.blocks_free_gpu', total - used),
  ];
}

/** What vLLM counts in a batch: see `firstDecodes` for what it calls prefill. */
function batchAttributes({ steps }: SimulatedRun, row: number, misnamed: number): Attribute[] {
  const decodes = steps.decodeRequests[row]!;
  const moved = Math.min(misnamed, decodes);
  const prefillTokens = steps.prefillTokens[row]! + moved;
  return [
    integer('batch.num_prefill_reqs', steps.prefillRequests[row]! + moved),
    integer('batch.num_decode_reqs', decodes - moved),
    integer('batch.scheduled_tokens', prefillTokens + decodes - moved),
    integer('batch.prefill_tokens', prefillTokens),
    integer('batch.decode_tokens', decodes - moved),
  ];
}

/**
 * When each step's `schedule()` was entered, in µs. Two calls never coincide in a real engine, while a simulation in
 * which they take no time lets them; those are written a nanosecond apart, as importers ask for an order.
 */
function distinctStarts({ steps }: SimulatedRun): Float64Array {
  const starts = Float64Array.from(steps.scheduledAtUs);
  for (let row = 1; row < starts.length; row++) {
    starts[row] = Math.max(starts[row]!, starts[row - 1]! + 1 / NS_PER_US);
  }
  return starts;
}

/** The step columns that only tracing has. */
interface StepNotes {
  readonly startsUs: Float64Array;
  /** Requests in their first decode, which vLLM calls prefill. */
  readonly misnamed: Int32Array;
  readonly finished: Int32Array;
}

function summaryEvent(run: SimulatedRun, notes: StepNotes, row: number): SpanEvent {
  const { steps } = run;
  const at = nanos(notes.startsUs[row]!);
  return {
    timeUnixNano: at,
    name: 'step.BATCH_SUMMARY',
    attributes: [
      integer('step.id', steps.id[row]!),
      { key: 'step.ts_start_ns', value: { intValue: at } },
      { key: 'step.ts_end_ns', value: { intValue: at } },
      integer('step.duration_us', 0),
      integer('queue.running_depth', steps.running[row]!),
      integer('queue.waiting_depth', steps.waiting[row]!),
      ...batchAttributes(run, row, notes.misnamed[row]!),
      integer('batch.num_finished', notes.finished[row]!),
      ...kvAttributes(run, row),
    ],
  };
}

function stepSpan(run: SimulatedRun, notes: StepNotes, rows: readonly number[], number: number): Span {
  const { steps } = run;
  const first = rows[0] ?? 0;
  const last = rows.at(-1) ?? first;
  return {
    traceId: hexId(32, SPAN_KIND, number),
    spanId: hexId(16, SPAN_KIND, number),
    parentSpanId: '',
    flags: SPAN_FLAGS,
    name: `scheduler_steps_${number + 1}`,
    kind: 1,
    startTimeUnixNano: nanos(notes.startsUs[first]!),
    endTimeUnixNano: nanos(notes.startsUs[last]!),
    attributes: [
      integer('scheduler.span_sequence', number + 1),
      integer('scheduler.step_range_start', steps.id[first]!),
      integer('scheduler.closure_interval', STEPS_PER_SPAN),
      integer('scheduler.step_range_end', steps.id[last]!),
    ],
    events: rows.map((row) => summaryEvent(run, notes, row)),
    status: {},
  };
}

/** The scheduler's spans, one line each. A simulated `schedule()` takes no time, so `step.duration_us` is 0. */
export function* stepLines(run: SimulatedRun): Generator<string> {
  const { meta, requests, steps } = run;
  const async = meta.server?.asyncScheduling ?? true;
  const notes = {
    startsUs: distinctStarts(run),
    misnamed: async ? firstDecodes(requests, steps.count) : new Int32Array(steps.count),
    finished: finishedBefore(run),
  };
  for (let start = 0, number = 0; start < steps.count; start += STEPS_PER_SPAN, number++) {
    const length = Math.min(STEPS_PER_SPAN, steps.count - start);
    const rows = Array.from({ length }, (_, i) => start + i);
    yield exportLine('vllm.scheduler.step', [stepSpan(run, notes, rows, number)]);
  }
}
