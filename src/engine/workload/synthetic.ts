import { randomStream, type RandomStream } from '../../random.js';
import type { Conversations, SyntheticPrompts, SyntheticWorkload } from '../../trace/experiment.js';
import { sToUs } from '../../units.js';
import type { PromptSegment, RequestTable } from '../request-table.js';
import { requireCount } from './checks.js';
import { sampler, wholeSampler } from './sampler.js';
import { rateStarts, userStarts } from './starts.js';

/** The random stream of one quantity of a workload: what one law draws never depends on another law. */
type Streams = (name: string) => RandomStream;

/** Requests drawn from the distributions of a workload; conversations lie row by row behind each other. */
export function syntheticRequests(workload: SyntheticWorkload, seed: number): RequestTable {
  const random: Streams = (name) => randomStream(seed, `synthetic/${name}`);
  const { load, prompts, conversations } = workload;
  const starts = load.kind === 'rate' ? rateStarts(load, random) : userStarts(load, random);
  const turns = turnCounts(starts.atUs.length, conversations, random);
  const rows = emptyRows(turns.reduce((sum, count) => sum + count, 0));
  const question = questionLengths(prompts, random);
  const output = wholeSampler(workload.outputTokens, random('output-tokens'));
  const think = conversations && sampler(conversations.thinkTimeS, random('think-time/turn'));
  let row = 0;
  turns.forEach((count, session) => {
    let contextTokens = prompts.sharedPrefix?.tokens ?? 0;
    for (let turn = 0; turn < count; turn++, row++) {
      contextTokens += question();
      rows.promptTokens[row] = contextTokens;
      contextTokens += rows.outputTokens[row] = output();
      rows.promptId[row] = session % (prompts.distinct ?? Infinity);
      rows.stage[row] = starts.stage[session]!;
      rows.follows[row] = turn === 0 ? -1 : row - 1;
      rows.arrivedAtUs[row] = turn === 0 ? starts.atUs[session]! : sToUs(think!());
    }
  });
  const { follows, ...columns } = rows;
  return {
    ...columns,
    prompts: sharedPrefixes(prompts, Math.min(turns.length, prompts.distinct ?? Infinity), random),
    ...(conversations && { follows }),
    ...(load.kind === 'users' && { users: load.users }),
    ...(load.kind === 'rate' && load.stageGapS !== undefined && { stageGapUs: sToUs(load.stageGapS) }),
  };
}

const emptyRows = (count: number) => ({
  count,
  arrivedAtUs: new Float64Array(count),
  promptTokens: new Int32Array(count),
  outputTokens: new Int32Array(count),
  promptId: new Int32Array(count),
  stage: new Uint16Array(count),
  follows: new Int32Array(count),
});

/** Turns of each conversation. @throws WORKLOAD_INVALID when there are more than memory holds */
function turnCounts(sessions: number, conversations: Conversations | undefined, random: Streams): Int32Array {
  const turns = new Int32Array(sessions).fill(1);
  if (conversations === undefined) return turns;
  const draw = wholeSampler(conversations.turns, random('turns'));
  let sum = 0;
  for (let session = 0; session < sessions; session++) sum += turns[session] = draw();
  requireCount('the conversations', sum);
  return turns;
}

/** Draws the tokens of each question; those of `distinct` prompts return in turn. */
function questionLengths({ questionTokens, distinct }: SyntheticPrompts, random: Streams): () => number {
  const draw = wholeSampler(questionTokens, random('question-tokens'));
  if (distinct === undefined) return draw;
  const lengths = Int32Array.from({ length: distinct }, draw);
  let next = 0;
  return () => lengths[next++ % distinct]!;
}

/** Content of each prompt: the prefix of a random group, then text of its own that lasts to the end of the prompt. */
function sharedPrefixes(
  { sharedPrefix }: SyntheticPrompts,
  count: number,
  random: Streams,
): PromptSegment[][] {
  if (sharedPrefix === undefined) return [];
  const { groups, tokens } = sharedPrefix;
  const stream = random('prefix-groups');
  return Array.from({ length: count }, (_, prompt) => [
    { contentId: stream.integer(groups), tokens },
    { contentId: groups + prompt, tokens: 1 },
  ]);
}
