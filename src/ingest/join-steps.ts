import { median } from 'simple-statistics';
import { BATCH_FIELDS } from '../trace/batch-shape.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { RequestColumns, StepColumns } from '../trace/trace.js';

/** Steps of two sources are those of one engine when this share of their common ids schedules as many tokens. */
const LEAST_AGREEMENT_RATIO = 0.9;
/** Two ways to time a step mean the same when their medians differ by less than this. */
const PERIOD_TOLERANCE_RATIO = 0.1;
/** Steps timed both ways that it takes to say so. */
const FEWEST_TIMED = 5;

/** Joined steps, and where each row of the first source went. */
export interface JoinedSteps {
  readonly steps: StepColumns;
  readonly rowOf: Int32Array;
}

const tokensOf = (steps: StepColumns, row: number): number =>
  steps.prefillTokens[row]! + steps.decodeRequests[row]!;

/** Row in `other` of each row of `main`, by step id; −1 without. */
function partners(main: StepColumns, other: StepColumns): Int32Array {
  const rows = new Map(Array.from(other.id, (id, row) => [id, row]));
  return main.id.map((id) => rows.get(id) ?? -1);
}

/** Share of common steps that schedule as many tokens in both; 0 without common ones. */
function agreementRatio(main: StepColumns, other: StepColumns, partner: Int32Array): number {
  let [common, agreeing] = [0, 0];
  for (const [row, from] of partner.entries()) {
    if (from === -1) continue;
    common += 1;
    if (tokensOf(main, row) === tokensOf(other, from)) agreeing += 1;
  }
  return common === 0 ? 0 : agreeing / common;
}

/** Whether both time a step the same way, by the steps that both time. */
function timeAlike(main: StepColumns, other: StepColumns, partner: Int32Array): boolean {
  const ratios = [...partner.entries()].flatMap(([row, from]) => {
    const ratio = (other.periodUs[from] ?? NaN) / main.periodUs[row]!;
    return Number.isFinite(ratio) ? [ratio] : [];
  });
  return ratios.length >= FEWEST_TIMED && Math.abs(median(ratios) - 1) < PERIOD_TOLERANCE_RATIO;
}

/** Where a row of the joined table comes from; −1 for "not there". */
interface JoinedRow {
  readonly id: number;
  readonly main: number;
  readonly other: number;
}

/** Rows of both in order of id; of the second source alone only those that scheduled something. */
function joinedRows(main: StepColumns, other: StepColumns, partner: Int32Array): JoinedRow[] {
  const known = new Set(main.id);
  const added = Array.from(other.id, (id, row) => ({ id, main: -1, other: row })).filter(
    ({ id, other: row }) => !known.has(id) && tokensOf(other, row) > 0,
  );
  const own = Array.from(main.id, (id, row) => ({ id, main: row, other: partner[row]! }));
  return [...own, ...added].toSorted((a, b) => a.id - b.id);
}

const FLOATS = [...BATCH_FIELDS, 'scheduledAtUs'] as const;
const COUNTS = ['running', 'waiting', 'kvBlocksUsed'] as const;

/** A column of the row's own source: the first if it has the row. */
const valueOf = (
  { main, other }: JoinedRow,
  name: (typeof FLOATS)[number] | (typeof COUNTS)[number] | 'periodUs',
  sources: readonly [StepColumns, StepColumns],
): number => (main === -1 ? sources[1][name][other]! : sources[0][name][main]!);

function columnsOf(
  rows: readonly JoinedRow[],
  sources: readonly [StepColumns, StepColumns],
  periodOf: (row: JoinedRow) => number,
): StepColumns {
  const floats = (name: (typeof FLOATS)[number]): Float64Array =>
    Float64Array.from(rows, (row) => valueOf(row, name, sources));
  const counts = (name: (typeof COUNTS)[number]): Int32Array =>
    Int32Array.from(rows, (row) => valueOf(row, name, sources));
  const [first] = sources;
  return {
    ...first,
    count: rows.length,
    id: Int32Array.from(rows, ({ id }) => id),
    ...Object.fromEntries(FLOATS.map((name) => [name, floats(name)])),
    ...Object.fromEntries(COUNTS.map((name) => [name, counts(name)])),
    periodUs: Float64Array.from(rows, periodOf),
  };
}

/**
 * Steps that two sources recorded of one engine, by step id: those that only one has, and periods that the first lacks, if
 * both time the common ones alike. Instants stay those of the first; they are unknown in rows of the second.
 * @returns undefined when the ids have nothing in common or the batches differ: another run, or another counter
 */
export function joinSteps(
  main: StepColumns,
  other: StepColumns,
  log: DiagnosticLog,
): JoinedSteps | undefined {
  const partner = partners(main, other);
  const agreement = agreementRatio(main, other, partner);
  if (agreement < LEAST_AGREEMENT_RATIO) return undefined;
  const alike = timeAlike(main, other, partner);
  const rows = joinedRows(main, other, partner);
  let borrowed = 0;
  const periodOf = (row: JoinedRow): number => {
    const own = row.main === -1 ? NaN : main.periodUs[row.main]!;
    if (own > 0 || row.other === -1 || !alike) return own;
    const period = other.periodUs[row.other]!;
    if (period > 0) borrowed += 1;
    return period;
  };
  const steps = columnsOf(rows, [main, other], periodOf);
  const added = rows.filter((row) => row.main === -1).length;
  const untimed = alike ? 0 : other.periodUs.filter((us) => us > 0).length;
  log.add('doubt', 'step-joined', 'steps that only a second source of the run holds', added);
  log.add('doubt', 'step-period-joined', 'steps timed by a second source of the run', borrowed);
  log.add('doubt', 'step-period-differs', 'periods of a second source that times steps otherwise', untimed);
  log.add(
    'doubt',
    'step-not-joined',
    'steps that a second source of the run does not hold',
    partner.filter((row) => row === -1).length,
  );
  const rowOf = new Int32Array(main.count);
  rows.forEach((row, at) => {
    if (row.main !== -1) rowOf[row.main] = at;
  });
  return { steps, rowOf };
}

const STEP_ROWS = ['arrivedStep', 'scheduledStep', 'firstTokenStep', 'finishedStep'] as const;

/** Requests whose rows of steps moved. */
export function withMovedSteps(requests: RequestColumns, rowOf: Int32Array): RequestColumns {
  const moved = STEP_ROWS.flatMap((name) => {
    const column = requests[name];
    return column === undefined
      ? []
      : [[name, column.map((row) => (row === -1 ? -1 : rowOf[row]!))] as const];
  });
  return { ...requests, ...Object.fromEntries(moved) };
}
