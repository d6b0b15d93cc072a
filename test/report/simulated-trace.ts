import { simulate, type SimulationResult } from '../../src/engine/index.js';
import { affineLatency, H100, LLAMA_8B, server, table } from '../engine/setup.js';

const latency = affineLatency(
  { stepUs: 10_000, prefillTokenUs: 1_000, decodeUs: 0, contextTokenUs: 0 },
  { frontBeforeUs: 2_000, frontAfterUs: 3_000 },
);

/** Three requests on an engine whose step takes 10 ms plus 1 ms per prefill token: see `test/engine/hand-worked`. */
export const simulation = (asyncScheduling = true): SimulationResult =>
  simulate({
    arch: LLAMA_8B,
    gpu: H100,
    server: { ...server(), asyncScheduling, totalKvBlocks: 1001 },
    requests: table([
      { at: 0, prompt: 4, output: 3 },
      { at: 5_000, prompt: 2, output: 2 },
      { at: 30_000, prompt: 3, output: 1 },
    ]),
    latency,
    recordSteps: true,
  });

export const simulatedTrace = (asyncScheduling = true): SimulationResult['trace'] =>
  simulation(asyncScheduling).trace;
