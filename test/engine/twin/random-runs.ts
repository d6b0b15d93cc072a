import * as fc from 'fast-check';
import type { PromptSegment, RequestTable } from '../../../src/engine/index.js';
import type { LatencyModel } from '../../../src/coefficients/latency-model.js';
import type { ServerConfig } from '../../../src/trace/server-config.js';
import { affineLatency, server, table, type Row } from '../setup.js';

export interface RandomRun {
  readonly requests: RequestTable;
  readonly server: ServerConfig;
  readonly latency: LatencyModel;
}

const SYSTEM_CONTENTS = 2;

/** Prompts that may begin with one of two system prompts, cut anywhere. */
const prompts: fc.Arbitrary<PromptSegment[][]> = fc
  .array(
    fc.record({
      system: fc.nat(SYSTEM_CONTENTS),
      systemTokens: fc.nat(12),
      own: fc.nat(2),
      questionTokens: fc.integer({ min: 1, max: 6 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) =>
    list.map(({ system, systemTokens, own, questionTokens }, index) => [
      ...(system < SYSTEM_CONTENTS ? [{ contentId: system, tokens: systemTokens }] : []),
      { contentId: 10 + own, tokens: questionTokens },
      { contentId: 20 + index, tokens: 1 },
    ]),
  );

const rows: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.constant(0), fc.nat(60), fc.nat(400)),
      prompt: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 })),
      output: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 30 })),
      promptId: fc.nat(7),
      priority: fc.nat(2),
      newStage: fc.integer({ min: 0, max: 9 }),
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((list) => {
    let at = 0;
    let stage = 0;
    return list.map(({ gap, newStage, ...row }) => {
      at += gap;
      if (newStage === 0) stage++;
      return { ...row, at, stage };
    });
  });

const settings = fc.record({
  blockSizeTokens: fc.constantFrom(1, 2, 3, 4, 5, 16),
  spareBlocks: fc.oneof(fc.nat(2), fc.nat(60)),
  maxNumSeqs: fc.integer({ min: 1, max: 9 }),
  spareBudget: fc.oneof(fc.nat(4), fc.nat(60)),
  longPrefillTokenThreshold: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })),
  prefixCaching: fc.boolean(),
  chunkedPrefill: fc.boolean(),
  asyncScheduling: fc.boolean(),
  priorityPolicy: fc.boolean(),
  stageGapUs: fc.oneof(fc.constant(undefined), fc.nat(300)),
  stepUs: fc.constantFrom(0, 5, 20),
  prefillTokenUs: fc.constantFrom(0, 1, 7),
  decodeUs: fc.nat(2),
  contextTokenUs: fc.nat(1),
  hostStepUs: fc.constantFrom(0, 3, 50),
  frontBeforeUs: fc.constantFrom(0, 11),
  frontAfterUs: fc.constantFrom(0, 13),
});

/** Small engines under every kind of pressure; always able to serve every single request. */
export const randomRun: fc.Arbitrary<RandomRun> = fc
  .record({ prompts, rows, settings })
  .map(({ prompts: contents, rows: list, settings: s }) => {
    const requests = table(atStageClock(list, s.stageGapUs), {
      prompts: contents,
      ...(s.stageGapUs !== undefined && { stageGapUs: s.stageGapUs }),
    });
    const longest = Math.max(...list.map((row) => row.prompt + row.output - 1));
    const maxNumBatchedTokens = Math.max(s.maxNumSeqs, s.chunkedPrefill ? 1 : longest) + s.spareBudget;
    return {
      requests,
      latency: affineLatency(s, s),
      server: server({
        blockSizeTokens: s.blockSizeTokens,
        totalKvBlocks: Math.ceil(longest / s.blockSizeTokens) + 1 + s.spareBlocks,
        maxNumSeqs: s.maxNumSeqs,
        maxNumBatchedTokens,
        longPrefillTokenThreshold: s.longPrefillTokenThreshold,
        prefixCaching: s.prefixCaching,
        chunkedPrefill: s.chunkedPrefill,
        asyncScheduling: s.asyncScheduling,
        schedulingPolicy: s.priorityPolicy ? 'priority' : 'fcfs',
      }),
    };
  });

/** With a stage gap, instants count from the start of each stage. */
function atStageClock(list: readonly Row[], stageGapUs: number | undefined): readonly Row[] {
  if (stageGapUs === undefined) return list;
  const startOf = new Map<number, number>();
  for (const row of list) if (!startOf.has(row.stage!)) startOf.set(row.stage!, row.at);
  return list.map((row) => ({ ...row, at: row.at - startOf.get(row.stage!)! }));
}
