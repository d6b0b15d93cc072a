import { appendFileSync, existsSync } from 'node:fs';
import { TruelineError } from '../../errors.js';
import { checkAgainstBaseline, updatedBaseline, type GateResult } from '../../gate/index.js';
import {
  renderGateAnnotations,
  renderGateJunit,
  renderGateMarkdown,
  renderGateTerminal,
  withoutCommands,
  type TerminalOptions,
} from '../../report/index.js';
import type { ValidationResult } from '../../validate/index.js';
import { readBaseline, renderBaseline } from '../baseline-file.js';
import type { CommonOptions } from '../conclude.js';
import type { Outcome } from '../outcome.js';
import { readValidationResult } from '../validation-result-file.js';
import { writeFileAtomic } from '../write-atomic.js';

/** Options of `trueline check`. */
export interface CheckOptions extends CommonOptions {
  readonly baseline: string;
  readonly junit?: string;
  readonly github?: true;
  readonly updateBaseline?: true;
  readonly reason?: string;
}

/**
 * The gate: passes when predictions are what the baseline has and errors did not grow beyond noise.
 * @throws USAGE, BASELINE_INVALID; any code of the readers
 */
export async function check(path: string, options: CheckOptions): Promise<Outcome> {
  const reason = reasonOf(options);
  const summary = options.github === true ? stepSummaryFile() : undefined;
  const result = await readValidationResult(path);
  if (reason !== undefined) return accept(result, reason, options.baseline);
  const gate = checkAgainstBaseline(await readBaseline(options.baseline), result);
  if (options.junit !== undefined) writeFileAtomic(options.junit, [renderGateJunit(gate)], { force: true });
  if (summary !== undefined) appendStepSummary(summary, gate);
  return {
    text: (terminal) => gateText(gate, terminal, options.github === true),
    json: () => gate,
    passed: gate.drift.passed && gate.fidelity.passed,
  };
}

/** The reason of an update; undefined when nothing is to be updated. @throws USAGE when one comes without the other, or with a report of verdicts */
function reasonOf({ updateBaseline, reason, junit, github }: CheckOptions): string | undefined {
  if (updateBaseline !== true && reason === undefined) return undefined;
  if (updateBaseline === true && (junit !== undefined || github === true))
    throw new TruelineError(
      'USAGE',
      '--update-baseline accepts the result, so there is no verdict to report',
      {
        hint: 'Leave out --junit and --github, or check first and update then.',
      },
    );
  if (updateBaseline === true && reason !== undefined && reason.trim() !== '') return reason;
  throw new TruelineError(
    'USAGE',
    updateBaseline === true ? '--update-baseline needs a reason' : '--reason is of --update-baseline',
    { hint: 'Add --update-baseline --reason "what changed and why it is right"; the baseline records it.' },
  );
}

async function accept(result: ValidationResult, reason: string, file: string): Promise<Outcome> {
  const before = existsSync(file) ? await readBaseline(file) : undefined;
  const superseded = before && { baseline: before, gate: checkAgainstBaseline(before, result) };
  const baseline = updatedBaseline(result, reason, superseded);
  const update = baseline.updates.at(-1);
  writeFileAtomic(file, [renderBaseline(baseline)], { force: true });
  const changed = `${update?.changed ?? 0} of ${baseline.figures.length} figures changed`;
  const fidelity = update?.fidelity === 'fail' ? '; errors grew beyond noise, and the baseline says so' : '';
  return { text: () => `Wrote ${file}: ${changed}${fidelity}.`, json: () => update, passed: true };
}

function gateText(gate: GateResult, terminal: TerminalOptions, github: boolean): string {
  const text = renderGateTerminal(gate, terminal);
  return github ? `${renderGateAnnotations(gate)}${withoutCommands(text)}` : text;
}

/** Where GitHub Actions takes the summary page of the running step from. @throws USAGE elsewhere */
function stepSummaryFile(): string {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file !== undefined && file !== '') return file;
  throw new TruelineError('USAGE', '--github needs GITHUB_STEP_SUMMARY, which GitHub Actions sets', {
    hint: 'Leave --github out elsewhere.',
  });
}

/** @throws FILE_UNWRITABLE */
function appendStepSummary(file: string, gate: GateResult): void {
  try {
    appendFileSync(file, renderGateMarkdown(gate));
  } catch (cause) {
    throw new TruelineError('FILE_UNWRITABLE', 'the step summary cannot be written', {
      file,
      hint: 'GITHUB_STEP_SUMMARY names a file that this step may append to.',
      cause,
    });
  }
}
