import type { LintSubject } from './finding.js';
import { reportedStages, stageName } from './reported-stages.js';
import { reportSigns } from './report-signs.js';
import { requestSigns } from './request-signs.js';
import type { LoadVerdict, SaturationSign } from './saturation-sign.js';
import { stepSigns } from './step-signs.js';

/** A load stage (or the engine's steps) and every sign that can be measured of it. */
export interface StageSaturation {
  readonly where: string;
  readonly verdict: LoadVerdict;
  readonly signs: readonly SaturationSign[];
}

const ORDER: readonly LoadVerdict[] = ['below', 'near', 'above'];

/** The worst of several verdicts; `below` of none. */
export const worstVerdict = (verdicts: readonly LoadVerdict[]): LoadVerdict =>
  ORDER[Math.max(0, ...verdicts.map((verdict) => ORDER.indexOf(verdict)))]!;

const stageVerdict = (where: string, signs: readonly SaturationSign[]): StageSaturation[] =>
  signs.length === 0 ? [] : [{ where, verdict: worstVerdict(signs.map(({ verdict }) => verdict)), signs }];

/** Where each load stage, and the engine over the whole run, lies relative to the knee of its latency curve. */
export function saturationOf(subject: LintSubject): readonly StageSaturation[] {
  const measured = subject.stages.flatMap((stage) =>
    stageVerdict(`stage ${stage.stage}`, requestSigns(subject, stage)),
  );
  const reported = reportedStages(subject.trace).flatMap((stage) =>
    stageVerdict(stageName(stage.stage), reportSigns(subject, stage)),
  );
  return [
    // single requests say more than a report of the same stage
    ...measured,
    ...reported.filter(({ where }) => !measured.some((stage) => stage.where === where)),
    ...stageVerdict('steps', stepSigns(subject)),
  ];
}
