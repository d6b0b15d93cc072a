import type { EngineState } from './engine-state.js';

/**
 * Notes when the GPU begins with the requests a step admitted for the first time: they are the last in admission order, and those
 * admitted again after a preemption keep their first start.
 */
export function noteStart(
  { seats, log, stepAdmissions }: EngineState,
  step: number,
  startedAtUs: number,
): void {
  let seat = seats.last;
  for (let i = 0; i < stepAdmissions; i++) {
    const row = seats.row[seat]!;
    if (log.scheduledStep[row] === step) log.startedAtUs[row] = startedAtUs;
    seat = seats.previous[seat]!;
  }
}
