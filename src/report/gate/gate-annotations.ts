import type { GateResult } from '../../gate/index.js';
import { fingerprint } from '../../text/fingerprint.js';
import { printable } from '../plain-text.js';
import { driftTally, fidelityTitle, fidelityValue } from './gate-report.js';

/** GitHub shows ten annotations of a step and drops the others. */
const SHOWN = 8;

/** Text that can end neither the command nor its message. Source: actions/toolkit, core/src/command.ts, `escapeData`. */
const escapeData = (text: string): string =>
  printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const annotation = (title: string, message: string): string =>
  `::error title=${escapeData(title).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${escapeData(message)}`;

/** Workflow commands that mark the failures on a GitHub run, one per line; empty when the gate passed. */
export function renderGateAnnotations(gate: GateResult): string {
  const lines: string[] = [];
  if (!gate.drift.passed)
    lines.push(annotation('Trueline drift', `predictions changed: ${driftTally(gate)}`));
  const worse = gate.fidelity.rows.filter((row) => row.verdict === 'fail');
  for (const row of worse.slice(0, SHOWN))
    lines.push(
      annotation(
        'Trueline fidelity',
        `${fidelityTitle(row)}: ${fidelityValue(row, row.baseline)} → ${fidelityValue(row, row.now)}`,
      ),
    );
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Text whose lines GitHub takes for no commands. Names may come from whoever opens a pull request, and the runner obeys a line
 * that has `::` after blanks, or `##[` anywhere. The word that ends the pause is a hash of the text, so the text cannot have
 * it. Source: actions/runner, ActionCommand.cs `TryParseV2` and `TryParse`; "Stopping and starting workflow commands".
 */
export function withoutCommands(text: string): string {
  const word = fingerprint(text);
  return `::stop-commands::${word}\n${text}\n::${word}::\n`;
}
