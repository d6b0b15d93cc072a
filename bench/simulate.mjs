/** Speed of the engine: CPU time of a load test, cost of a step, growth with the number of requests. */
import { buildRequests, simulate } from '../dist/engine/index.js';
import { inFreshProcess } from './fresh-process.mjs';
import { arch, gpu, latency, server, sharedPrefix } from './load.mjs';
import { cpuMs, median, peakMb, printFigures } from './measure.mjs';

const loadTest = sharedPrefix([
  { ratePerS: 8, durationS: 600 },
  { ratePerS: 20, durationS: 600 },
]);

const RUNS = 20;
const BUDGET_MS = 2000;

async function loadTestFigures() {
  const requests = buildRequests(loadTest, 1);
  const input = { arch, gpu, server, requests, latency };
  const { summary } = simulate(input);
  const plain = median(await cpuMs(() => simulate(input), RUNS, BUDGET_MS));
  const recorded = median(await cpuMs(() => simulate({ ...input, recordSteps: true }), 5));
  const perStep = `${((1e6 * plain) / summary.steps).toFixed(0)} ns/step, ${summary.steps} steps`;
  const hits = `${((100 * summary.hitTokens) / summary.promptTokens).toFixed(1)} % prefix hits`;
  return [
    {
      what: `load test, ${summary.requests} requests`,
      value: plain,
      unit: 'ms',
      target: 60,
      note: `${perStep}, ${hits}`,
    },
    {
      what: 'with every step recorded',
      value: recorded,
      unit: 'ms',
      note: `${(recorded / plain).toFixed(2)} × without`,
    },
  ];
}

/** A load on a cache too small for it: requests are preempted and recomputed all the time. */
async function starvedFigures() {
  const requests = buildRequests(sharedPrefix([{ ratePerS: 20, durationS: 300 }]), 1);
  const input = { arch, gpu, server: { ...server, totalKvBlocks: 1500 }, requests, latency };
  const { summary } = simulate(input);
  const [bestMs] = await cpuMs(() => simulate(input), 3);
  const note = `${((1e6 * bestMs) / summary.steps).toFixed(0)} ns/step, ${summary.preemptions} preemptions`;
  return [{ what: `starved, ${summary.requests} requests`, value: bestMs, unit: 'ms', note }];
}

/** Cost of generated and prompt tokens together, in ms per million. */
const perMillionTokens = (ms, { promptTokens, outputTokens }) =>
  `${((1e6 * ms) / (promptTokens + outputTokens)).toFixed(2)} ms per million tokens`;

/** A long load in a process of its own: best CPU time, and peak memory. */
export async function longRun({ count, runs }) {
  const requests = buildRequests(sharedPrefix([{ ratePerS: 20, durationS: count / 20 }]), 1);
  let summary;
  const [bestMs] = await cpuMs(() => {
    summary = simulate({ arch, gpu, server, requests, latency }).summary;
  }, runs);
  const { promptTokens, outputTokens, steps } = summary;
  return { bestMs, memoryMb: peakMb(), promptTokens, outputTokens, steps };
}

/** Targets are for the longest; the others show that time grows with the number of requests and no faster. */
function growthFigures() {
  return [1e3, 1e4, 1e5, 1e6].flatMap((count) => {
    const last = count === 1e6;
    const figures = inFreshProcess(import.meta.url, 'longRun', { count, runs: last ? 1 : 5 });
    const { bestMs, memoryMb, steps } = figures;
    const [perRequest, perStep] = [(1e3 * bestMs) / count, (1e6 * bestMs) / steps];
    const note = `${perRequest.toFixed(2)} µs/request, ${perStep.toFixed(0)} ns/step, ${perMillionTokens(bestMs, figures)}`;
    const [time, memory] = last ? [{ target: 4 }, { target: 600 }] : [{}, {}];
    return [
      { what: `${count} requests`, value: bestMs / 1e3, unit: 's', note, ...time },
      { what: '  peak memory', value: memoryMb, unit: 'MB', ...memory },
    ];
  });
}

export async function run() {
  printFigures([...(await loadTestFigures()), ...(await starvedFigures()), ...growthFigures()]);
}
