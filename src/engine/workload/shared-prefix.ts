import { stageRequests } from '../../trace/load-stage.js';
import { shuffle } from 'simple-statistics';
import { randomStream } from '../../random.js';
import type { SharedPrefixWorkload } from '../../trace/experiment.js';
import { sToUs } from '../../units.js';
import type { PromptSegment, RequestTable } from '../request-table.js';
import { filledStageUs } from './arrivals.js';
import { promptLengths } from './prompt-lengths.js';

/**
 * Requests of a shared-prefix load: request i of each stage carries distinct prompt i mod (groups · prompts per group).
 * Which group a position belongs to is shuffled once. Source: kubernetes-sigs/inference-perf, shared_prefix_datagen.py.
 */
export function sharedPrefixRequests(workload: SharedPrefixWorkload, seed: number): RequestTable {
  const distinct = workload.numGroups * workload.promptsPerGroup;
  const lengths = promptLengths(
    distinct,
    workload.promptTokensMean,
    workload.promptTokensSd,
    workload.systemPromptTokens + 1,
    randomStream(seed, 'prompt-lengths'),
  );
  const count = workload.stages.reduce((sum, stage) => sum + stageRequests(stage), 0);
  const table = {
    count,
    arrivedAtUs: new Float64Array(count),
    promptTokens: new Int32Array(count),
    outputTokens: new Int32Array(count).fill(workload.outputTokens),
    promptId: new Int32Array(count),
    stage: new Uint16Array(count),
    prompts: sharedPrompts(workload, lengths, seed),
    stageGapUs: sToUs(workload.stageGapS),
  };
  let row = 0;
  workload.stages.forEach((stage, index) => {
    const arrivals = filledStageUs(stage, randomStream(seed, `arrivals/${index}`).exponential(1));
    table.arrivedAtUs.set(arrivals, row);
    for (let i = 0; i < arrivals.length; i++, row++) {
      table.promptId[row] = i % distinct;
      table.promptTokens[row] = lengths[i % distinct]!;
      table.stage[row] = index;
    }
  });
  return table;
}

/** Content of each distinct prompt: its group's system prompt, then a question of its own. */
function sharedPrompts(
  { numGroups, promptsPerGroup, systemPromptTokens }: SharedPrefixWorkload,
  lengths: Int32Array,
  seed: number,
): PromptSegment[][] {
  const groups = shuffle(
    Array.from(lengths, (_, position) => Math.floor(position / promptsPerGroup)),
    randomStream(seed, 'prompt-order').uniform,
  );
  return groups.map((group, position) => [
    { contentId: group, tokens: systemPromptTokens },
    { contentId: numGroups + position, tokens: lengths[position]! - systemPromptTokens },
  ]);
}
