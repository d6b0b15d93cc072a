import type { FitResult } from '../../fit/fit-result.js';
import { errorPct } from '../../stats/relative-error.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { MISSING, signedPct, significant, withError } from '../format.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';

/** A recovered value may lie this many standard errors from the planted one before it is called missed. */
const ALLOWED_ERRORS = 3;

function verdict(planted: number, value: number, stdError: number, fixed: boolean): string {
  if (fixed) return 'not fitted';
  return Math.abs(value - planted) <= ALLOWED_ERRORS * stdError ? 'recovered' : 'missed';
}

/**
 * Planted against recovered coefficients: the test of a fit on data whose truth is known.
 * @param planted true values by term name; terms without one are left out
 */
export function recoveryReport(planted: Readonly<Record<string, number>>, result: FitResult): Block[] {
  const rows = result.coefficients.flatMap((entry) => {
    const truth = planted[entry.name];
    if (truth === undefined) return [];
    return [
      [
        entry.name,
        entry.unit,
        significant(truth),
        withError(entry.value, entry.stdError),
        truth === 0 ? MISSING : signedPct(errorPct(entry.value, truth)),
        verdict(truth, entry.value, entry.stdError, entry.determinedBy === 'fixed'),
      ],
    ];
  });
  return [
    heading(2, 'Planted and recovered'),
    paragraph(`Recovered: within ${ALLOWED_ERRORS} standard errors of the planted value.`),
    ...table(
      [
        left('term'),
        left('unit'),
        right('planted'),
        right('recovered ± std. error'),
        right('off by %'),
        left('verdict'),
      ],
      rows,
    ),
  ];
}

/** The same as text for a terminal; no line break at the end. */
export const renderRecovery = (
  planted: Readonly<Record<string, number>>,
  result: FitResult,
  options: TerminalOptions = { colour: false },
): string => renderTerminal(recoveryReport(planted, result), options);
