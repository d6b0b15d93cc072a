/** Speed of the engine: CPU time of a load test, cost of a step, growth with the number of requests. */
import { buildRequests, simulate } from '../dist/engine/index.js';
import { DEFAULT_SERVER } from '../dist/trace/server-config.js';

/** Llama-3.1-8B on one H100 as an affine price: weights and launches, prefill work, KV reads. */
const latency = {
  stepUs: (batch) =>
    6200 +
    20 * batch.prefillTokens +
    6 * batch.decodeRequests +
    0.039 * (batch.decodeContextTokens + batch.prefillContextTokens),
  decodeStepUs: (decodeRequests, contextTokens) => 6200 + 6 * decodeRequests + 0.039 * contextTokens,
  frontBeforeUs: 3800,
  frontAfterUs: 3800,
  hostStepUs: 700,
};

const arch = { name: 'llama-3.1-8b-like' };
const gpu = { name: 'H100' };
const server = { ...DEFAULT_SERVER, maxNumSeqs: 256, maxNumBatchedTokens: 8192, totalKvBlocks: 27_500 };

/** A hundred shared prompts in ten groups, 573 prompt and 248 output tokens. */
const workload = (stages) => ({
  kind: 'shared-prefix',
  numGroups: 10,
  promptsPerGroup: 10,
  systemPromptTokens: 100,
  promptTokensMean: 573,
  promptTokensSd: 3,
  outputTokens: 248,
  stages,
  stageGapS: 30,
});

const loadTest = workload([
  { ratePerS: 8, durationS: 600 },
  { ratePerS: 20, durationS: 600 },
]);

/**
 * Runs `task` until `budgetMs` is spent, at least `least` times; returns the CPU time of each run in ms, sorted. CPU
 * time, because other work on the machine would be counted otherwise.
 */
function cpuMs(task, least, budgetMs) {
  const durations = [];
  for (let spent = 0; durations.length < least || spent < budgetMs;) {
    const before = process.cpuUsage();
    task();
    const used = process.cpuUsage(before);
    durations.push((used.user + used.system) / 1e3);
    spent += durations.at(-1);
  }
  return durations.toSorted((a, b) => a - b);
}

function benchLoadTest() {
  const requests = buildRequests(loadTest, 1);
  const input = { arch, gpu, server, requests, latency };
  const { summary } = simulate(input);
  const durations = cpuMs(() => simulate(input), 20, 2000);
  const medianMs = durations[Math.floor(durations.length / 2)];
  const tokens = summary.promptTokens + summary.outputTokens;
  console.log(
    `load test: ${summary.requests} requests, ${summary.steps} steps, ${summary.preemptions} preemptions, ` +
      `peak ${summary.peakRunning} running, ${((100 * summary.hitTokens) / summary.promptTokens).toFixed(1)} % prefix hits`,
  );
  console.log(
    `  ${medianMs.toFixed(1)} ms median, ${durations[0].toFixed(1)} ms best of ${durations.length}; ` +
      `${((1e6 * medianMs) / summary.steps).toFixed(0)} ns/step, ` +
      `${((1e3 * medianMs) / summary.requests).toFixed(2)} µs/request, ` +
      `${((1e6 * medianMs) / tokens).toFixed(2)} ms per million tokens`,
  );
  const [recordedMs] = cpuMs(() => simulate({ ...input, recordSteps: true }), 5, 0);
  console.log(`  ${recordedMs.toFixed(1)} ms with every step recorded`);
}

/** The same load on a cache too small for it: requests are preempted and recomputed all the time. */
function benchStarved() {
  const requests = buildRequests(workload([{ ratePerS: 20, durationS: 300 }]), 1);
  const input = { arch, gpu, server: { ...server, totalKvBlocks: 1500 }, requests, latency };
  const { summary } = simulate(input);
  const [bestMs] = cpuMs(() => simulate(input), 3, 0);
  console.log(
    `starved: ${summary.requests} requests, ${summary.steps} steps, ${summary.preemptions} preemptions ` +
      `in ${bestMs.toFixed(1)} ms, ${((1e6 * bestMs) / summary.steps).toFixed(0)} ns/step`,
  );
}

function benchGrowth() {
  for (const count of [1e3, 1e4, 1e5, 1e6]) {
    const requests = buildRequests(workload([{ ratePerS: 20, durationS: count / 20 }]), 1);
    const [bestMs] = cpuMs(() => simulate({ arch, gpu, server, requests, latency }), count < 1e6 ? 3 : 1, 0);
    const residentMb = process.memoryUsage.rss() / 2 ** 20;
    console.log(
      `growth: ${count} requests in ${bestMs.toFixed(1)} ms, ${((1e3 * bestMs) / count).toFixed(2)} µs/request, ` +
        `${residentMb.toFixed(0)} MiB resident`,
    );
  }
}

export function run() {
  benchLoadTest();
  benchStarved();
  benchGrowth();
}
