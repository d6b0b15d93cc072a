import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { opRooflineBasis } from '../../basis/index.js';
import { readCatalog, readCoefficientSet, type Catalog } from '../../coefficients/index.js';
import { readSuite } from '../../ingest/index.js';
import { renderTerminal } from '../../report/render-terminal.js';
import { validateSuiteInParallel, type ValidationResult } from '../../validate/index.js';
import { DEFAULT_COEFFICIENTS, defaultSuiteFolder } from '../defaults.js';
import { demoReport } from '../demo-report.js';
import { fitTraces, readRuns } from '../fit/fit-traces.js';
import type { Outcome } from '../outcome.js';
import { shippedPath } from '../package-root.js';
import { startProgress } from '../progress.js';
import { traceSummary } from '../trace-summary.js';

/** What the synthetic traces were made for; OTLP traces do not name the GPU. */
const GPU = 'H100';
/** The synthetic step times have no noise, so almost nothing has to be left to the priors. */
const PRIOR_NOISE_RATIO = 1e-6;

/** The whole pipeline on shipped data: ingest and fit synthetic traces, replay measured experiments. Writes nothing. */
export async function demo(): Promise<Outcome> {
  const catalog = await readCatalog();
  const runs = await readRuns(catalog, await syntheticTraces(), { gpu: GPU });
  const planted = await readCoefficientSet(shippedPath('traces', 'planted.json'));
  const settings = { basis: opRooflineBasis, priorNoiseRatio: PRIOR_NOISE_RATIO, priors: {}, heldOut: [] };
  const { result: fit } = await fitTraces(runs, settings);
  const validation = await replayPublicSuite(catalog);
  return {
    text: (terminal) => renderTerminal(demoReport({ runs, planted, fit, validation }), terminal),
    json: () => ({
      synthetic: { traces: runs.map(({ trace }) => traceSummary(trace)), planted, fit },
      measured: validation,
    }),
    passed: validation.notSimulated.length === 0,
  };
}

/** Paths of the shipped synthetic traces, in order of name. */
async function syntheticTraces(): Promise<string[]> {
  const names = await readdir(shippedPath('traces'));
  return names
    .filter((name) => name.startsWith('synthetic-'))
    .toSorted()
    .map((name) => shippedPath('traces', name));
}

async function replayPublicSuite(catalog: Catalog): Promise<ValidationResult> {
  const progress = await startProgress('replays');
  return validateSuiteInParallel(await readSuite(defaultSuiteFolder()), {
    set: await readCoefficientSet(DEFAULT_COEFFICIENTS),
    facts: catalog,
    seeds: [0],
    intervals: false,
    threads: availableParallelism(),
    onReplayed: (done, total) => progress.update(done, total),
  }).finally(() => progress.stop());
}
