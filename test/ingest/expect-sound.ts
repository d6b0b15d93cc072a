import { checkInstants } from '../../src/trace/check-instants.js';
import type { RequestColumns, StepColumns, Trace } from '../../src/trace/trace.js';

const isColumn = (value: unknown): value is Float64Array | Int32Array | Uint16Array | Uint8Array =>
  value instanceof Float64Array ||
  value instanceof Int32Array ||
  value instanceof Uint16Array ||
  value instanceof Uint8Array;

/** Fails for a column of another length than its table, an infinite figure, or an integer below the −1 of "not known". */
function expectSoundColumns(table: RequestColumns | StepColumns): void {
  for (const [name, column] of Object.entries<unknown>({ ...table })) {
    if (!isColumn(column)) continue;
    if (column.length !== table.count) throw new Error(`${name}: ${column.length} of ${table.count} rows`);
    const isFloat = column instanceof Float64Array;
    for (const value of column)
      if (isFloat ? Math.abs(value) === Infinity : value < -1) throw new Error(`${name} holds ${value}`);
  }
}

/** Fails for a trace with a figure that cannot be. */
export function expectSound({ requests, steps, stages }: Trace): void {
  expectSoundColumns(requests);
  checkInstants(requests, 'what was read');
  if (steps !== undefined) expectSoundColumns(steps);
  for (const { stage, metrics, ...counts } of stages ?? [])
    for (const [name, value] of Object.entries({ ...metrics, ...counts }))
      if (!Number.isFinite(value) || value < 0) throw new Error(`stage ${stage}: ${name} is ${value}`);
}
