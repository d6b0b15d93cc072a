/** Timing and tables for the benchmarks. */
import { left, right, table } from '../dist/report/document.js';
import { renderTerminal } from '../dist/report/render-terminal.js';

/**
 * Repeats a measurement; returns its results sorted.
 * @param measureMs one duration in ms, or a promise of it
 * @param least runs at least this often
 * @param budgetMs and until this much time was measured
 */
async function repeated(measureMs, least, budgetMs) {
  const durations = [];
  for (let spent = 0; durations.length < least || spent < budgetMs;) {
    durations.push(await measureMs());
    spent += durations.at(-1);
  }
  return durations.toSorted((a, b) => a - b);
}

/** CPU times in ms, sorted: other work on the machine would be counted in wall time. Threads of the runtime count too. */
export const cpuMs = (task, least, budgetMs = 0) =>
  repeated(
    async () => {
      const before = process.cpuUsage();
      await task();
      const used = process.cpuUsage(before);
      return (used.user + used.system) / 1e3;
    },
    least,
    budgetMs,
  );

/** Wall times in ms, sorted. */
export const wallMs = (task, least, budgetMs = 0) =>
  repeated(
    async () => {
      const before = performance.now();
      await task();
      return performance.now() - before;
    },
    least,
    budgetMs,
  );

/** Of sorted values; the upper one of an even number. */
export const median = (sorted) => sorted[Math.floor(sorted.length / 2)];

/** Highest resident memory of this process so far, in MB. */
export const peakMb = () => (process.resourceUsage().maxRSS * 1024) / 1e6;

const number = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** One line of a table: `targets` are upper bounds unless `atLeast` is set. */
function row({ what, value, unit, target, atLeast = false, note = '' }) {
  const measured = `${number(value)} ${unit}`;
  if (target === undefined) return [what, measured, '', '', note];
  const met = atLeast ? value >= target : value <= target;
  const bound = `${atLeast ? '≥' : '≤'} ${target} ${unit}`;
  return [what, measured, bound, `${(value / target).toFixed(2)} ${met ? 'met' : 'MISSED'}`, note];
}

/** Prints figures: what was measured, its target and their ratio where there is one, and a note. */
export function printFigures(figures) {
  const columns = [left('what'), right('measured'), right('target'), right('measured / target'), left('')];
  console.log(renderTerminal(table(columns, figures.map(row)), { colour: false }));
}
