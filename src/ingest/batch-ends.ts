import type { JourneyTable } from './journey-table.js';

/** When each step's tokens were on the host, µs, as first tokens and finishes tell; NaN where nobody got either. */
export interface BatchEnds {
  readonly firstId: number;
  readonly atUs: Float64Array;
}

/** Events that share a step were written while one batch was processed: the first of them is nearest to its end. */
export function batchEnds(journeys: JourneyTable, firstId: number, lastId: number): BatchEnds {
  const atUs = new Float64Array(lastId - firstId + 1).fill(Number.NaN);
  for (let row = 0; row < journeys.length; row += 1) {
    const { firstToken, finished, status } = journeys.at(row);
    // an abort is written when it is noticed, not when a batch ends
    for (const point of status === 'finished' ? [firstToken, finished] : [firstToken]) {
      const at = (point?.step ?? -1) - firstId;
      if (point === undefined || at < 0 || at >= atUs.length) continue;
      if (!(point.atUs >= atUs[at]!)) atUs[at] = point.atUs;
    }
  }
  return { firstId, atUs };
}

/**
 * Time of a step between the ends of its batch and the one before; NaN unless both are known. Only for a step that
 * follows a busy one: an idle engine would be counted in.
 */
export function periodByEnds({ firstId, atUs }: BatchEnds, step: number): number {
  const periodUs = (atUs[step - firstId] ?? Number.NaN) - (atUs[step - firstId - 1] ?? Number.NaN);
  return periodUs > 0 ? periodUs : Number.NaN;
}
