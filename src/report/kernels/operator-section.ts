import type { OperatorFit } from '../../fit/kernels/kernel-fit-result.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, pct, significant, withError } from '../format.js';
import { errorTable } from './error-rows.js';
import { rowAccount } from './row-account.js';

const parameterTable = ({ parameters }: OperatorFit): Block[] =>
  table(
    [left('parameter'), left('unit'), right('value')],
    parameters.map(({ name, unit, value, standardError }) => [
      name,
      unit,
      standardError > 0 ? withError(value, standardError) : `${significant(value)} (at bound)`,
    ]),
  );

const formTable = ({ forms }: OperatorFit): Block[] =>
  table(
    [left('form'), right('parameters'), right('held out, median |%|'), right('mean |%|'), left('chosen')],
    forms.map(({ form, parameters, heldOut, chosen }) => [
      form,
      count(parameters),
      pct(heldOut.medianApePct),
      pct(heldOut.mapePct),
      chosen ? 'yes' : '',
    ]),
  );

/**
 * One regression in full: formula, parameters ± standard errors, errors in and out of the fit, rival forms, rows.
 * @param symbols what the letters of the formula mean
 */
export const operatorSection = (level: 2 | 3, fit: OperatorFit, symbols: string): Block[] => [
  heading(level, fit.operator),
  paragraph(`Time in µs: ${fit.formula}`),
  paragraph(`${symbols} Parameters in the order of the formula, ± standard error:`),
  ...parameterTable(fit),
  ...errorTable('errors', [
    { name: 'fitted', errors: fit.fitted },
    { name: 'held out', errors: fit.heldOut },
    ...fit.bands.map(({ name, errors }) => ({
      name: name.startsWith('not fitted') ? name : `held out: ${name}`,
      errors,
    })),
  ]),
  ...formTable(fit),
  ...rowAccount(`${fit.rowsUsed} rows of ${fit.shapes} shapes, release ${fit.release}`, fit.dropped),
];
