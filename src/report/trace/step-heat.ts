import { medianSorted } from 'simple-statistics';
import type { StepColumns } from '../../trace/trace.js';
import { usToMs } from '../../units.js';
import { left, right, table, type Block } from '../document.js';
import { ms } from '../format.js';
import { BATCH_BINS, binOf, type Bin } from './step-bins.js';

/** Steps of one cell: how many, and their known periods. */
interface Cell {
  steps: number;
  readonly periodsUs: number[];
}

const cellText = (cell: Cell): string => {
  if (cell.steps === 0) return '';
  if (cell.periodsUs.length === 0) return `${cell.steps}`;
  return `${cell.steps} (${ms(usToMs(medianSorted(cell.periodsUs.toSorted((a, b) => a - b))))})`;
};

/** Requests in the batch of a step row. */
const batchSize = (steps: StepColumns, row: number): number =>
  steps.prefillRequests[row]! + steps.decodeRequests[row]!;

/**
 * A table of steps by batch size (rows) and another quantity (columns): how many, and the median period in ms. Empty
 * rows and columns are left out.
 * @param columnValue the quantity of a row; undefined leaves the step out
 */
export function heatTable(
  steps: StepColumns,
  title: string,
  scale: readonly Bin[],
  columnValue: (row: number) => number | undefined,
): Block[] {
  const cells = BATCH_BINS.map(() => scale.map((): Cell => ({ steps: 0, periodsUs: [] })));
  for (let row = 0; row < steps.count; row++) {
    const value = columnValue(row);
    if (value === undefined) continue;
    const cell = cells[binOf(BATCH_BINS, batchSize(steps, row))]![binOf(scale, value)]!;
    cell.steps++;
    const periodUs = steps.periodUs[row]!;
    if (!Number.isNaN(periodUs)) cell.periodsUs.push(periodUs);
  }
  const shown = scale.map((_, i) => i).filter((i) => cells.some((line) => line[i]!.steps > 0));
  const lines = BATCH_BINS.map((bin, i) => ({ bin, line: cells[i]! })).filter(({ line }) =>
    line.some((cell) => cell.steps > 0),
  );
  return table(
    [left(title), ...shown.map((i) => right(scale[i]!.title))],
    lines.map(({ bin, line }) => [bin.title, ...shown.map((i) => cellText(line[i]!))]),
  );
}
