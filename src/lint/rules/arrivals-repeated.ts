import type { LintRule, LintSubject, Sighting, StageRows } from '../finding.js';
import { mean } from '../samples.js';
import { shown } from '../show.js';

/** Gaps compared; independent ones agree this closely with a chance far below 10⁻⁹. */
const COMPARED = 50;
const FEWEST = 20;
const SAME_RATIO = 0.99;

/** The first gaps between arrivals of a stage. */
function gapsUs({ requests }: LintSubject, { rows }: StageRows): Float64Array {
  const n = Math.min(COMPARED, rows.length - 1);
  return Float64Array.from(
    { length: Math.max(0, n) },
    (_, i) => requests.arrivedAtUs[rows[i + 1]!]! - requests.arrivedAtUs[rows[i]!]!,
  );
}

/** Pearson's correlation; NaN when one of the two does not vary. */
function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [aa, ab, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    aa += x * x;
    ab += x * y;
    bb += y * y;
  }
  // evenly spaced arrivals vary by rounding only, and are equal by design
  const varies = aa > 1e-6 * a.length * meanA ** 2 && bb > 1e-6 * a.length * meanB ** 2;
  return varies ? ab / Math.sqrt(aa * bb) : NaN;
}

function pairSighting(subject: LintSubject, one: StageRows, other: StageRows): Sighting[] {
  const [a, b] = [gapsUs(subject, one), gapsUs(subject, other)];
  const n = Math.min(a.length, b.length);
  if (n < FEWEST) return [];
  const same = correlation(a.subarray(0, n), b.subarray(0, n));
  if (!(same >= SAME_RATIO)) return [];
  return [
    {
      severity: 'warning',
      where: `stage ${other.stage}`,
      found: `its first ${n} gaps between arrivals are those of stage ${one.stage}, scaled (correlation ${shown(same)})`,
      figures: { gaps: n, correlation: same },
    },
  ];
}

/** Stages (or repeats recorded as stages) that drew their arrivals with the same seed. */
export const arrivalsRepeated: LintRule = {
  id: 'arrivals-repeated',
  title: 'stages whose arrivals repeat one another: the same seed',
  consequence: 'They are one sample, not several: their spread says nothing about the noise of a repeat.',
  remedy: 'Give every stage and every repeat a seed of its own.',
  hasEvidence: ({ stages }) => stages.filter(({ rows }) => rows.length > FEWEST).length > 1,
  check: (subject) =>
    subject.stages.flatMap((other, i) =>
      subject.stages.slice(0, i).flatMap((one) => pairSighting(subject, one, other)),
    ),
};
