/** Time of what a user waits for: a validation of the whole public suite, and the start of the command line. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { DEFAULT_COEFFICIENTS, defaultSuiteFolder } from '../dist/cli/defaults.js';
import { readCatalog, readCoefficientSet } from '../dist/coefficients/index.js';
import { readSuite } from '../dist/ingest/index.js';
import { validateSuiteInParallel } from '../dist/validate/index.js';
import { cpuMs, median, printFigures, wallMs } from './measure.mjs';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
/** Next to nothing to simulate: what is left is reading modules, catalogue and coefficients. */
const SHORT_SIMULATION =
  'simulate --model llama-3.1-8b-instruct --gpu H100 --rate 1 --duration 1 --prompt-tokens 100 --output-tokens 10'.split(
    ' ',
  );
const STARTS = 30;

async function validationFigures() {
  const suite = await readSuite(defaultSuiteFolder());
  const [facts, set] = [await readCatalog(), await readCoefficientSet(DEFAULT_COEFFICIENTS)];
  const threads = availableParallelism();
  const secondsOf = async (seedCount) => {
    const seeds = Array.from({ length: seedCount }, (_, seed) => seed);
    let wall = NaN;
    const [cpu] = await cpuMs(async () => {
      [wall] = await wallMs(() => validateSuiteInParallel(suite, { set, facts, seeds, threads }), 1);
    }, 1);
    return { wallS: wall / 1e3, cpuS: cpu / 1e3 };
  };
  const [one, eight] = [await secondsOf(1), await secondsOf(8)];
  const spent = ({ cpuS }) => `${threads} workers, ${cpuS.toFixed(1)} s of CPU`;
  return [
    {
      what: `${suite.experiments.length} experiments, 1 seed`,
      value: one.wallS,
      unit: 's',
      note: spent(one),
    },
    {
      what: `${suite.experiments.length} experiments, 8 seeds`,
      value: eight.wallS,
      unit: 's',
      target: 10,
      note: `${spent(eight)}; ${(eight.wallS / one.wallS).toFixed(2)} × 1 seed`,
    },
  ];
}

const startMs = async (...args) => median(await wallMs(() => spawnSync(process.execPath, args), STARTS));

async function startFigures() {
  const bare = await startMs('--eval', '0');
  const help = await startMs(MAIN, '--help');
  const simulate = await startMs(MAIN, ...SHORT_SIMULATION);
  const note = (ms) => `median of ${STARTS}; ${(ms / bare).toFixed(2)} × Node alone`;
  return [
    { what: 'trueline --help', value: help, unit: 'ms', target: 150, note: note(help) },
    { what: 'trueline simulate, one second of load', value: simulate, unit: 'ms', note: note(simulate) },
  ];
}

export async function run() {
  printFigures([...(await validationFigures()), ...(await startFigures())]);
}
