import { BATCH_FIELDS } from '../../trace/batch-shape.js';
import { printable } from '../plain-text.js';
import { stepEndUs, type SimulatedRun } from '../simulated-run.js';
import {
  counter,
  instant,
  processName,
  slice,
  threadNames,
  wholeNs,
  type EventArgs,
  type TraceEvent,
} from './trace-event.js';

const SCHEDULER = { pid: 1, tid: 1 } as const;
const GPU = { pid: 1, tid: 2 } as const;

type Steps = SimulatedRun['steps'];

const served = ({ model, gpu, server }: SimulatedRun['meta']): string =>
  [model, gpu, server?.tensorParallelSize === undefined ? undefined : `TP ${server.tensorParallelSize}`]
    .filter((part) => part !== undefined)
    .map(printable)
    .join(', ');

/** A batch is called after what it holds, so that equal ones have one colour. */
function batchName(steps: Steps, row: number): string {
  if (steps.prefillRequests[row] === 0) return 'decode';
  return steps.decodeRequests[row] === 0 ? 'prefill' : 'mixed';
}

const batchArgs = (steps: Steps, row: number): EventArgs => ({
  step: steps.id[row]!,
  ...Object.fromEntries(BATCH_FIELDS.map((field) => [field, steps[field][row]!])),
});

function* eventsOf(steps: Steps, row: number): Generator<TraceEvent> {
  const scheduledAtUs = steps.scheduledAtUs[row]!;
  const [running, waiting] = [steps.running[row]!, steps.waiting[row]!];
  yield instant(SCHEDULER, 'schedule()', scheduledAtUs, { step: steps.id[row]! });
  yield counter(SCHEDULER, 'running requests', scheduledAtUs, { running });
  yield counter(SCHEDULER, 'waiting requests', scheduledAtUs, { waiting });
  yield counter(SCHEDULER, 'KV blocks used', scheduledAtUs, { blocks: steps.kvBlocksUsed[row]! });
  const startNs = wholeNs(steps.startedAtUs[row]!);
  yield slice(GPU, batchName(steps, row), startNs, wholeNs(stepEndUs(steps, row)), batchArgs(steps, row));
}

/**
 * The engine: an instant per `schedule()` call with what it counted, and a slice per step on the GPU with its batch. A
 * simulated `schedule()` takes no time.
 */
export function* stepEvents({ meta, steps }: SimulatedRun): Generator<TraceEvent> {
  yield processName(SCHEDULER, `engine: ${served(meta)}`);
  yield* threadNames(SCHEDULER, 'scheduler');
  yield* threadNames(GPU, 'GPU');
  for (let row = 0; row < steps.count; row++) yield* eventsOf(steps, row);
}
