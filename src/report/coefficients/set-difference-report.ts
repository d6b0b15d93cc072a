import { MOVED_ERRORS, type ComparedValue, type CorrectionDifference, type EntryDifference, type TimeChange } from '../../coefficients/index.js';
import { correctionTitle } from './correction-words.js';
import { usToMs } from '../../units.js';
import { heading, left, paragraph, right, table, type Block, type ReportDocument } from '../document.js';
import { MISSING, ms, significant, signedPct, withError } from '../format.js';

/** What two sets predict for one model on one GPU. */
export interface PricedConfiguration {
  /** Model, GPU and parallelism. */
  readonly served: string;
  readonly changes: readonly TimeChange[];
  /** Why there are no prices. */
  readonly notPriced?: string;
}

/** Two coefficient sets of one basis, compared. */
export interface SetDifference {
  /** The sets as they were named. */
  readonly before: string;
  readonly after: string;
  readonly basis: string;
  readonly entries: readonly EntryDifference[];
  readonly corrections: readonly CorrectionDifference[];
  readonly priced: readonly PricedConfiguration[];
  /** Pairs of model and GPU in the scopes that were not priced. */
  readonly leftOut: number;
  /** Models and GPUs of the scopes that do not ship. */
  readonly unknown: readonly string[];
}

/** What moved between two sets, and what that changes in predictions. */
export const setDifferenceReport = (difference: SetDifference): ReportDocument => [
  heading(1, `Coefficients: ${difference.before} → ${difference.after}`),
  paragraph(`Basis ${difference.basis}. Difference: after − before, in combined standard errors.`),
  ...entryTable(difference.entries),
  verdictLine(difference.entries),
  ...correctionSection(difference.corrections),
  heading(2, 'What it changes'),
  ...difference.priced.flatMap(pricedSection),
  ...scopeNotes(difference),
];

const entryTable = (entries: readonly EntryDifference[]): Block[] =>
  table(
    [left('term'), right('before'), right('after'), left('unit'), right('difference'), left('verdict')],
    entries.map(({ term, before, after, unit, differenceErrors, verdict }) => [
      term,
      valueWords(before),
      valueWords(after),
      unit,
      differenceErrors === undefined ? MISSING : `${significant(differenceErrors)} σ`,
      verdict,
    ]),
  );

function correctionSection(corrections: readonly CorrectionDifference[]): Block[] {
  if (corrections.length === 0) return [];
  const moved = corrections.filter(({ difference }) => difference.verdict === 'moved').length;
  return [
    heading(2, 'Corrections of single configurations'),
    ...table(
      [left('configuration'), left('scale'), right('before'), right('after'), right('difference'), left('verdict')],
      corrections.map(({ scope, scale, difference: { before, after, differenceErrors, verdict } }) => [
        correctionTitle(scope),
        scale,
        valueWords(before),
        valueWords(after),
        differenceErrors === undefined ? MISSING : `${significant(differenceErrors)} σ`,
        verdict,
      ]),
    ),
    moved === 0
      ? paragraph('No correction that both sets have moved.', 'good')
      : paragraph(`${moved} scales moved by more than ${MOVED_ERRORS} combined errors.`, 'bad'),
  ];
}

const valueWords = (compared: ComparedValue | undefined): string =>
  compared === undefined ? MISSING : withError(compared.value, compared.error ?? 0);

function verdictLine(entries: readonly EntryDifference[]): Block {
  const withVerdict = (wanted: EntryDifference['verdict']): readonly string[] =>
    entries.filter(({ verdict }) => verdict === wanted).map(({ term }) => term);
  const [moved, single] = [withVerdict('moved'), withVerdict('only in one')];
  if (moved.length + single.length === 0) {
    return paragraph(`Nothing moved by more than ${MOVED_ERRORS} combined errors.`, 'good');
  }
  const words = [
    ...(moved.length === 0 ? [] : [`Moved by more than ${MOVED_ERRORS} combined errors: ${moved.join(', ')}.`]),
    ...(single.length === 0 ? [] : [`Only in one set: ${single.join(', ')}.`]),
  ];
  return paragraph(words.join(' '), 'bad');
}

const pricedSection = ({ served, changes, notPriced }: PricedConfiguration): Block[] => [
  heading(3, served),
  ...(notPriced === undefined ? changeTable(changes) : [paragraph(`Not priced: ${notPriced}.`, 'note')]),
];

const changeTable = (changes: readonly TimeChange[]): Block[] =>
  table(
    [left('time of'), right('before ms'), right('after ms'), right('change %')],
    changes.map(({ what, beforeUs, afterUs, changePct }) => [
      what,
      ms(usToMs(beforeUs)),
      ms(usToMs(afterUs)),
      signedPct(changePct),
    ]),
  );

function scopeNotes({ priced, leftOut, unknown }: SetDifference): Block[] {
  const notes = [
    ...(priced.length === 0 ? ['The scopes name no model and GPU that ship: add --model and --gpu to see prices.'] : []),
    ...(leftOut === 0 ? [] : [`${leftOut} more pairs of model and GPU are in the scopes: --model and --gpu choose.`]),
    ...(unknown.length === 0 ? [] : [`In the scopes but not in the catalogue: ${unknown.join(', ')}.`]),
  ];
  return notes.map((note) => paragraph(note, 'note'));
}
