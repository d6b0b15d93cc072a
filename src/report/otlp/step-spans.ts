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
  type SpanEvent,
} from './otlp-json.js';
import { stepEndUs, type SimulatedRun } from './simulated-run.js';

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

function summaryEvent(run: SimulatedRun, row: number, misnamed: number, finished: number): SpanEvent {
  const { steps } = run;
  const at = nanos(steps.scheduledAtUs[row]!);
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
      ...batchAttributes(run, row, misnamed),
      integer('batch.num_finished', finished),
      ...kvAttributes(run, row),
    ],
  };
}

/** The scheduler's spans, one line each. A simulated `schedule()` takes no time, so `step.duration_us` is 0. */
export function* stepLines(run: SimulatedRun): Generator<string> {
  const { meta, requests, steps } = run;
  const async = meta.server?.asyncScheduling ?? true;
  const misnamed = async ? firstDecodes(requests, steps.count) : new Int32Array(steps.count);
  const finished = finishedBefore(run);
  for (let start = 0, number = 0; start < steps.count; start += STEPS_PER_SPAN, number++) {
    const rows = Array.from({ length: Math.min(STEPS_PER_SPAN, steps.count - start) }, (_, i) => start + i);
    const last = rows.at(-1) ?? start;
    yield exportLine('vllm.scheduler.step', [
      {
        traceId: hexId(32, SPAN_KIND, number),
        spanId: hexId(16, SPAN_KIND, number),
        parentSpanId: '',
        flags: SPAN_FLAGS,
        name: `scheduler_steps_${number + 1}`,
        kind: 1,
        startTimeUnixNano: nanos(steps.scheduledAtUs[start]!),
        endTimeUnixNano: nanos(steps.scheduledAtUs[last]!),
        attributes: [
          integer('scheduler.span_sequence', number + 1),
          integer('scheduler.step_range_start', steps.id[start]!),
          integer('scheduler.closure_interval', STEPS_PER_SPAN),
          integer('scheduler.step_range_end', steps.id[last]!),
        ],
        events: rows.map((row) => summaryEvent(run, row, misnamed[row]!, finished[row]!)),
        status: {},
      },
    ]);
  }
}
