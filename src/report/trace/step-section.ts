import { median } from 'simple-statistics';
import { requestDurations } from '../../trace/request-durations.js';
import type { StepColumns, Trace } from '../../trace/trace.js';
import { usToMs } from '../../units.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, ms, share } from '../format.js';
import { CONTEXT_BINS, PREFILL_BINS } from './step-bins.js';
import { heatTable } from './step-heat.js';

type StepKind = 'decode only' | 'mixed' | 'prefill only';

function kindOf(steps: StepColumns, row: number): StepKind {
  if (steps.prefillTokens[row] === 0) return 'decode only';
  return steps.decodeRequests[row] === 0 ? 'prefill only' : 'mixed';
}

/** Known periods of the steps of one kind, in ms, and how many steps there are. */
function periodsOf(steps: StepColumns, kind: StepKind): { steps: number; periodsMs: number[] } {
  const periodsMs: number[] = [];
  let total = 0;
  for (let row = 0; row < steps.count; row++) {
    if (kindOf(steps, row) !== kind) continue;
    total++;
    if (!Number.isNaN(steps.periodUs[row]!)) periodsMs.push(usToMs(steps.periodUs[row]!));
  }
  return { steps: total, periodsMs };
}

function kindTable(steps: StepColumns): Block[] {
  const rows = (['decode only', 'mixed', 'prefill only'] as const).map((kind) => {
    const { steps: total, periodsMs } = periodsOf(steps, kind);
    const middle = periodsMs.length === 0 ? undefined : median(periodsMs);
    return [kind, count(total), share(total / steps.count), count(periodsMs.length), ms(middle)];
  });
  return table(
    [left('steps'), right('count'), right('share'), right('period known'), right('median period ms')],
    rows,
  );
}

/** Steps present ÷ steps between the first and the last id: below 1 when the source sampled. */
function sampledShare(steps: StepColumns): number {
  const span = steps.id[steps.count - 1]! - steps.id[0]! + 1;
  return steps.count / span;
}

/** The period of a decode step and the time per generated token measure one thing from two sides. */
function periodAgainstItl(trace: Trace, steps: StepColumns): Block[] {
  const { periodsMs } = periodsOf(steps, 'decode only');
  const itlMs = Array.from(requestDurations(trace.requests).itlMs).filter((value) => !Number.isNaN(value));
  if (periodsMs.length === 0 || itlMs.length === 0) return [];
  const period = median(periodsMs);
  const itl = median(itlMs);
  const far = Math.abs(period / itl - 1) > 0.5;
  return [
    paragraph(
      `Median period of decode-only steps ${ms(period)} ms, median time per generated token ${ms(itl)} ms: ` +
        (far
          ? 'far apart, so one of the two is not what it is taken for; do not fit to this trace before it is explained.'
          : 'as close as they should be (steps with prefill make tokens slower than decode-only steps).'),
      far ? 'bad' : 'plain',
    ),
  ];
}

const meanContext = (steps: StepColumns, row: number): number =>
  steps.decodeContextTokens[row]! / steps.decodeRequests[row]!;

/** What the steps cover: kinds, batch size × context × prefill, and whether their periods agree with the requests. */
export function stepSection(trace: Trace): Block[] {
  const { steps } = trace;
  if (steps === undefined || steps.count === 0) {
    return [heading(2, 'Steps'), paragraph('The trace holds no engine steps.', 'note')];
  }
  return [
    heading(2, 'Steps'),
    paragraph(
      `${steps.count} steps, ${share(sampledShare(steps))} of the ids between the first and the last.`,
    ),
    ...kindTable(steps),
    ...periodAgainstItl(trace, steps),
    paragraph(
      'Where the steps lie: number of steps, and in brackets their median period in ms. A fit can only speak for cells that are filled.',
    ),
    ...heatTable(steps, 'decode-only: batch by mean context', CONTEXT_BINS, (row) =>
      kindOf(steps, row) === 'decode only' ? meanContext(steps, row) : undefined,
    ),
    ...heatTable(steps, 'all: batch by prefill tokens', PREFILL_BINS, (row) => steps.prefillTokens[row]!),
  ];
}
