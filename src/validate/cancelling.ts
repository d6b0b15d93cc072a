import type { CancellingRow, ValidationRow } from './validation-result.js';

/** A part of E2E is wrong from this share of the measured E2E on. */
const MATERIAL_PCT = 2;

/** The means that matter here, of one stage of one experiment. */
interface StageMeans {
  ttftMeanMs?: ValidationRow;
  e2eMeanMs?: ValidationRow;
}

const errorMs = (row: ValidationRow): number => row.predictedMs - row.measuredMs;

function cancellingRow({ ttftMeanMs: ttft, e2eMeanMs: e2e }: StageMeans): CancellingRow | undefined {
  if (ttft === undefined || e2e === undefined) return undefined;
  const ttftErrorMs = errorMs(ttft);
  const decodeErrorMs = errorMs(e2e) - ttftErrorMs;
  const larger = Math.max(Math.abs(ttftErrorMs), Math.abs(decodeErrorMs));
  const material = larger >= (MATERIAL_PCT / 100) * e2e.measuredMs;
  const opposite = ttftErrorMs * decodeErrorMs < 0 && Math.abs(errorMs(e2e)) < larger / 2;
  if (!material || !opposite) return undefined;
  const { experiment, stage, errorPct: e2eErrorPct } = e2e;
  return { experiment, stage, e2eErrorPct, ttftErrorMs, decodeErrorMs };
}

/**
 * Stages whose mean E2E looks right because its two parts, TTFT and decode (E2E − TTFT), err in opposite directions: one
 * of them by at least 2 % of E2E, and more than half of that error is gone in the sum.
 */
export function cancellingRows(rows: readonly ValidationRow[]): CancellingRow[] {
  const stages = new Map<string, StageMeans>();
  for (const row of rows) {
    const key = JSON.stringify([row.experiment, row.stage]);
    const means = stages.get(key) ?? {};
    if (row.metric === 'ttftMeanMs' || row.metric === 'e2eMeanMs') means[row.metric] = row;
    stages.set(key, means);
  }
  return [...stages.values()].flatMap((means) => cancellingRow(means) ?? []);
}
