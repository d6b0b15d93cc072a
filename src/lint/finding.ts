import type { RequestDurations } from '../trace/request-durations.js';
import type { RequestColumns, Trace } from '../trace/trace.js';

/**
 * How bad a finding is. `error`: figures of this run are wrong or measure something else, so a fit on them is wrong too.
 * `warning`: true, but easily misread, or missing something a fit needs. `note`: worth knowing; nothing has to be done.
 */
export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Rows of `trace.requests` of one load stage, in order of arrival. */
export interface StageRows {
  readonly stage: number;
  readonly rows: Int32Array;
}

/** A trace, with what most rules would otherwise compute again. */
export interface LintSubject {
  readonly trace: Trace;
  readonly requests: RequestColumns;
  readonly durations: RequestDurations;
  /** Load stages that hold requests, ascending. */
  readonly stages: readonly StageRows[];
}

/** One thing a rule saw. */
export interface Sighting {
  readonly severity: Severity;
  /** The part of the run it is about: `run`, `steps`, `stage 1`. */
  readonly where: string;
  /** What was seen, with its numbers. */
  readonly found: string;
  /** The same numbers for machines; units in the names. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A check of the ground truth. It sees the trace only, so it works for every format, and for normalised traces too. */
export interface LintRule {
  readonly id: string;
  /** What it looks for. */
  readonly title: string;
  /** What goes wrong when its findings are ignored. */
  readonly consequence: string;
  /** What to do about them. */
  readonly remedy: string;
  /** False when the run holds nothing the rule could judge by: its silence then means nothing. */
  readonly hasEvidence: (subject: LintSubject) => boolean;
  readonly check: (subject: LintSubject) => readonly Sighting[];
}

/** A sighting with the rule that made it. */
export interface Finding extends Sighting {
  readonly rule: string;
  readonly consequence: string;
  readonly remedy: string;
}
