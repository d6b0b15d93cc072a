import type { ErrorSummary } from '../../stats/relative-error.js';
import { left, right, table, type Block } from '../document.js';
import { count, pct, signedPct } from '../format.js';

/** One line of an error table; without errors there is no line. */
export interface NamedErrors {
  readonly name: string;
  readonly errors: ErrorSummary | undefined;
}

/** Relative errors in %, one line per name. */
export const errorTable = (what: string, entries: readonly NamedErrors[]): Block[] =>
  table(
    [left(what), ...['n', 'median |%|', 'mean |%|', 'p90 |%|', 'bias %'].map(right)],
    entries.flatMap(({ name, errors }) =>
      errors === undefined
        ? []
        : [
            [
              name,
              count(errors.n),
              pct(errors.medianApePct),
              pct(errors.mapePct),
              pct(errors.p90ApePct),
              signedPct(errors.mpePct),
            ],
          ],
    ),
  );
