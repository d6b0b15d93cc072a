import { TruelineError } from '../errors.js';
import type { JourneyTable } from './journey-table.js';
import { integers } from './number-column.js';
import { stepTokens, type RecordedSteps } from './otlp-steps.js';

/** Rows of a step table: recorded steps with tokens, and between them those that only journeys tell of. */
export interface StepRows {
  readonly id: Int32Array;
  /** Row in the recorded steps; −1 for a step rebuilt from journeys. */
  readonly recorded: Int32Array;
}

/** First and last step id of a run. */
export interface StepSpan {
  readonly firstId: number;
  readonly lastId: number;
}

/** Two days of 10 ms steps in one file; damaged step numbers lie further apart and would fill the memory. */
const MAX_SPAN_STEPS = 20_000_000;

/**
 * Steps that recorded ones and journeys span together; undefined when there is none.
 * @throws TRACE_INVALID when that is more than one recording can hold
 */
export function stepSpan(
  { id, count }: RecordedSteps,
  journeys: JourneyTable,
  file: string,
): StepSpan | undefined {
  let [firstId, lastId] = count === 0 ? [Infinity, -Infinity] : [id.at(0), id.at(count - 1)];
  for (let row = 0; row < journeys.length; row += 1) {
    const { scheduled, finished } = journeys.at(row);
    firstId = Math.min(firstId, scheduled[0]?.step ?? Infinity);
    lastId = Math.max(lastId, finished?.step ?? -Infinity);
  }
  if (lastId < firstId) return undefined;
  if (lastId - firstId < MAX_SPAN_STEPS) return { firstId, lastId };
  throw new TruelineError('TRACE_INVALID', `steps ${firstId} to ${lastId} are too far apart for one run`, {
    file,
    hint: 'Step numbers restart with the server: keep one server run per file, and look for damaged step ids.',
  });
}

/** Rows of recorded steps alone. */
export function recordedRows(steps: RecordedSteps): StepRows {
  let busy = 0;
  for (let row = 0; row < steps.count; row += 1) if (stepTokens(steps, row) > 0) busy += 1;
  const [id, recorded] = [new Int32Array(busy), new Int32Array(busy)];
  let next = 0;
  for (let row = 0; row < steps.count; row += 1) {
    if (stepTokens(steps, row) === 0) continue;
    id[next] = steps.id.at(row);
    recorded[next] = row;
    next += 1;
  }
  return { id, recorded };
}

/** Rows of recorded steps and, between and around them, of every step in which journeys say that somebody computed. */
export function rebuiltRows(
  steps: RecordedSteps,
  { firstId, lastId }: StepSpan,
  hasMembers: (step: number) => boolean,
): StepRows {
  const [id, recorded] = [integers(), integers()];
  let row = 0;
  for (let step = firstId; step <= lastId; step += 1) {
    const isRecorded = steps.id.at(row) === step;
    if (isRecorded ? stepTokens(steps, row) > 0 : hasMembers(step)) {
      id.push(step);
      recorded.push(isRecorded ? row : -1);
    }
    if (isRecorded) row += 1;
  }
  return { id: id.take(), recorded: recorded.take() };
}
