import type { ExperimentResult, ValidationResult } from '../../validate/validation-result.js';
import { errorStrips } from '../charts/error-strips.js';
import { heading, left, paragraph, right, table, type Block } from '../document.js';
import { count, MISSING } from '../format.js';
import { errorCells, errorColumns, MEAN_METRICS } from './group-tables.js';
import { knobValue, knobValues, varyingKnobs, type ServerKnob } from './server-knobs.js';

function knobRows(result: ValidationResult, knob: ServerKnob): string[][] {
  const has =
    (value: string) =>
    (entry: ExperimentResult): boolean =>
      knobValue(entry, knob) === value;
  return knobValues(result.experiments, knob).map((value) => {
    const ids = new Set(result.experiments.filter(has(value)).map(({ experiment }) => experiment));
    const rows = result.rows.filter((row) => row.stage === 'all' && ids.has(row.experiment));
    const cells = MEAN_METRICS.flatMap((metric) => errorCells(rows.filter((row) => row.metric === metric)));
    return [knob.title, value, count(ids.size), ...cells];
  });
}

/** Our errors on whole runs by every server setting that the experiments differ in; nothing when they differ in none. */
export function knobSection(result: ValidationResult): Block[] {
  const knobs = varyingKnobs(result.experiments);
  if (knobs.length === 0) return [];
  return [
    heading(2, 'By server setting'),
    paragraph(
      'Whole runs by the settings that they differ in: median / mean of |error| in %, and the mean signed error. Runs with one ' +
        'setting in common differ in other things too, so a line is not the effect of its setting.',
    ),
    ...table(
      [
        left('setting'),
        left('value'),
        right('runs'),
        ...errorColumns,
      ],
      knobs.flatMap((knob) => knobRows(result, knob)),
    ),
    ...knobs.flatMap(({ name, title }) =>
      errorStrips(result, {
        id: name,
        field: `settings.${name}`,
        valueOf: (point) => point.settings[name] ?? MISSING,
        title,
        scope: 'runs',
      }),
    ),
  ];
}
