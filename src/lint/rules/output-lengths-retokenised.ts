import { diagnosed } from '../diagnosed.js';
import { reportedStages, stageName } from '../reported-stages.js';
import type { LintRule, LintSubject, Sighting, StageRows } from '../finding.js';
import { mean, someKnown } from '../samples.js';
import { shown, shownPct } from '../show.js';

const FEWEST = 30;
/** Standard errors that separate a slope from a value it could have by chance. */
const SIGMAS = 4;
/** True lengths have a slope near 1, re-tokenised ones near 0: between them lies the verdict. */
const HALF = 0.5;

/** How decode time follows the recorded output length. */
interface Elasticity {
  readonly n: number;
  readonly meanTokens: number;
  /** % of decode time per % of length: 1 when the lengths are what was generated, 0 when they are unrelated. */
  readonly slope: number;
  readonly stdError: number;
}

/** Regresses decode time on output length, both relative to their means; undefined when too few or equal lengths. */
function elasticity({ durations, requests }: LintSubject, { rows }: StageRows): Elasticity | undefined {
  const usable = rows.filter(
    (row) => requests.outputTokens[row]! >= 0 && durations.e2eMs[row]! > durations.ttftMs[row]!,
  );
  const tokens = Float64Array.from(usable, (row) => requests.outputTokens[row]!);
  const decodeMs = Float64Array.from(usable, (row) => durations.e2eMs[row]! - durations.ttftMs[row]!);
  const n = usable.length;
  if (n < FEWEST) return undefined;
  const [meanTokens, meanMs] = [mean(tokens), mean(decodeMs)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [tokens[i]! / meanTokens - 1, decodeMs[i]! / meanMs - 1];
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  if (!(xx > 0)) return undefined;
  const slope = xy / xx;
  return { n, meanTokens, slope, stdError: Math.sqrt(Math.max(0, yy - slope * xy) / (n - 2) / xx) };
}

const isUnrelated = ({ slope, stdError }: Elasticity): boolean => slope + SIGMAS * stdError < HALF;
const isTrue = ({ slope, stdError }: Elasticity): boolean => slope - SIGMAS * stdError > HALF;

function stageSighting(subject: LintSubject, stage: StageRows): Sighting[] {
  const fit = elasticity(subject, stage);
  if (fit === undefined || !isUnrelated(fit)) return [];
  return [
    {
      severity: 'error',
      where: `stage ${stage.stage}`,
      found:
        `decode time does not follow the recorded output length: 1 % more tokens, ${shown(fit.slope)} ± ` +
        `${shown(fit.stdError)} % more time (${fit.n} requests, ${shown(fit.meanTokens)} tokens on average)`,
      figures: { ...fit },
    },
  ];
}

/** The source says that its counts are the client's; whether they are wrong, only the times can tell. */
function saidSighting(subject: LintSubject): Sighting[] {
  const { trace, stages } = subject;
  const said = diagnosed(trace, 'output-tokens-retokenised') ?? diagnosed(trace, 'stage-output-retokenised');
  if (said === undefined) return [];
  const fits = stages.flatMap((stage) => elasticity(subject, stage) ?? []);
  const confirmed = fits.length > 0 && fits.every(isTrue);
  const counts = 'output lengths are counts of the client, which tokenised the returned text again';
  return [
    {
      severity: confirmed ? 'note' : 'warning',
      where: 'run',
      found: confirmed
        ? `${counts}; decode time follows them (slope ${fits.map(({ slope }) => shown(slope)).join(', ')})`
        : `${counts}, and these times cannot show that they are right`,
      figures: { concerned: said.count },
    },
  ];
}

/** A load that ignores EOS and asks for one length should have got that length. */
function reportSightings({ trace }: LintSubject): Sighting[] {
  const { requests } = trace;
  const generated = requests.count === 0 ? -1 : requests.outputTokens[0]!;
  if (generated <= 0 || requests.outputTokens.some((tokens) => tokens !== generated)) return [];
  return reportedStages(trace).flatMap(({ stage, meanOutputTokens }): Sighting[] => {
    const off = meanOutputTokens === undefined ? 0 : meanOutputTokens / generated - 1;
    if (Math.abs(off) < 0.001) return [];
    return [
      {
        severity: 'note',
        where: stageName(stage),
        found:
          `every request generated ${generated} tokens; the report counted ${shown(meanOutputTokens!)} on average ` +
          `(${off < 0 ? '−' : '+'}${shownPct(Math.abs(off))}), which is not used`,
        figures: { generatedTokens: generated, reportedMeanTokens: meanOutputTokens! },
      },
    ];
  });
}

/** Load generators that count tokens by tokenising the text again: llama-2-7b gives 195 for 247 generated ones. */
export const outputLengthsRetokenised: LintRule = {
  id: 'output-lengths-retokenised',
  title: 'output lengths that are not what the server generated',
  consequence:
    'Time per token is off by the ratio of the counts (27 % for Llama-2-7B), and a replay generates the wrong load.',
  remedy:
    'Use the configured length when the load ignores EOS, or the completion tokens of the server’s usage figures.',
  hasEvidence: ({ durations, trace }) =>
    someKnown(durations.itlMs) ||
    reportedStages(trace).some(({ meanOutputTokens }) => meanOutputTokens !== undefined),
  check: (subject) => {
    const unrelated = subject.stages.flatMap((stage) => stageSighting(subject, stage));
    return [...(unrelated.length > 0 ? unrelated : saidSighting(subject)), ...reportSightings(subject)];
  },
};
