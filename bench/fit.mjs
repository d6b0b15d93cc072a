/** Time of a fit: the public suite with the engine in the loop, a large step table, the least-squares problem alone. */
import { opRooflineBasis } from '../dist/basis/index.js';
import { defaultSuiteFolder } from '../dist/cli/defaults.js';
import { fitSuite } from '../dist/cli/fit/fit-suite.js';
import { readCatalog } from '../dist/coefficients/index.js';
import { buildRequests, simulate } from '../dist/engine/index.js';
import { fitSteps } from '../dist/fit/index.js';
import { readSuite } from '../dist/ingest/index.js';
import { randomStream } from '../dist/random.js';
import { gramOf } from '../dist/stats/gram.js';
import { solveNnls } from '../dist/stats/nnls.js';
import { latency, server, sharedPrefix } from './load.mjs';
import { cpuMs, printFigures } from './measure.mjs';

const RUNS = 5;
const ROWS = 200_000;
const COLUMNS = 12;

/** Rows that twelve coefficients explain up to noise, a third of them 0. */
function randomRows(draw) {
  const values = Float64Array.from({ length: ROWS * COLUMNS }, draw);
  const targets = new Float64Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    for (let j = 0; j < COLUMNS; j++) targets[row] += (j % 3) * values[row * COLUMNS + j];
    targets[row] += 0.1 * (draw() - 0.5);
  }
  return { count: ROWS, columns: COLUMNS, values, targets, weights: new Float64Array(ROWS).fill(1) };
}

async function solverFigures() {
  const rows = randomRows(randomStream(1, 'bench').uniform);
  const [passMs] = await cpuMs(() => gramOf(rows), RUNS);
  const [solveMs] = await cpuMs(() => solveNnls(rows), RUNS);
  return [
    {
      what: 'non-negative least squares',
      value: ROWS / 1e3 / solveMs,
      unit: 'Mrow/s',
      note: `${ROWS} × ${COLUMNS}; ${(solveMs / passMs).toFixed(2)} × its normal equations alone`,
    },
  ];
}

async function stepFigures(catalog) {
  const context = {
    arch: catalog.model('llama-3.1-8b-instruct'),
    gpu: catalog.gpu('H100'),
    kernels: catalog.kernels('H100'),
    server,
  };
  const requests = buildRequests(sharedPrefix([{ ratePerS: 8, durationS: 1000 }]), 1);
  const { trace } = simulate({ ...context, requests, latency, recordSteps: true });
  const [ms] = await cpuMs(() => fitSteps(opRooflineBasis, [{ id: 'run', trace, context }]), RUNS);
  const [simulateMs] = await cpuMs(
    () => simulate({ ...context, requests, latency, recordSteps: true }),
    RUNS,
  );
  const note = `${trace.steps.count} steps; ${(ms / simulateMs).toFixed(2)} × simulating them`;
  return [{ what: 'step fit, op-roofline', value: trace.steps.count / ms, unit: 'krow/s', note }];
}

async function suiteFigures(catalog) {
  const suite = await readSuite(defaultSuiteFolder());
  const settings = { basis: opRooflineBasis, heldOut: [], priors: {} };
  const passes = [];
  const [ms] = await cpuMs(async () => passes.push(await fitSuite(catalog, suite, settings)), 1);
  const [{ result }] = passes;
  const simulations = result.iterations.length * result.groupsUsed.length;
  const note = `${result.iterations.length} passes over ${result.groupsUsed.length} experiments; ${(ms / simulations).toFixed(0)} ms each`;
  return [{ what: 'fit of the public suite', value: ms / 1e3, unit: 's', note }];
}

export async function run() {
  const catalog = await readCatalog();
  printFigures([
    ...(await solverFigures()),
    ...(await stepFigures(catalog)),
    ...(await suiteFigures(catalog)),
  ]);
}
