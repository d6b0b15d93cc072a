import * as fc from 'fast-check';
import type { LatencyModel } from '../../../src/coefficients/latency-model.js';
import type { PromptSegment, RequestTable } from '../../../src/engine/index.js';
import type { ServerConfig } from '../../../src/trace/server-config.js';
import type { GpuSpec } from '../../../src/trace/gpu-spec.js';
import { affineLatency, H100, LLAMA_8B, server, table, type Row } from '../setup.js';

export interface RandomRun {
  readonly requests: RequestTable;
  readonly server: ServerConfig;
  readonly latency: LatencyModel;
  readonly gpu: GpuSpec;
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

interface RowSizes {
  readonly requests: number;
  readonly gap: fc.Arbitrary<number>;
  readonly prompt: fc.Arbitrary<number>;
  readonly output: fc.Arbitrary<number>;
  readonly promptId: fc.Arbitrary<number>;
}

const rows = (sizes: RowSizes): fc.Arbitrary<Row[]> =>
  fc
    .array(
      fc.record({
        gap: sizes.gap,
        prompt: sizes.prompt,
        output: sizes.output,
        promptId: sizes.promptId,
        priority: fc.nat(2),
        newStage: fc.integer({ min: 0, max: 9 }),
      }),
      { minLength: 1, maxLength: sizes.requests },
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

interface Settings {
  readonly blockSizeTokens: number;
  readonly spareBlocks: number;
  readonly maxNumSeqs: number;
  readonly spareBudget: number;
  readonly longPrefillTokenThreshold: number;
  readonly prefixCaching: boolean;
  readonly chunkedPrefill: boolean;
  readonly asyncScheduling: boolean;
  readonly priorityPolicy: boolean;
  readonly stageGapUs: number | undefined;
}

const prices = fc.record({
  stepUs: fc.constantFrom(0, 5, 20),
  prefillTokenUs: fc.constantFrom(0, 1, 7),
  decodeUs: fc.nat(2),
  contextTokenUs: fc.nat(1),
  hostStepUs: fc.constantFrom(0, 3, 50),
  frontBeforeUs: fc.constantFrom(0, 11),
  frontAfterUs: fc.constantFrom(0, 13),
  frontAfterPerOutputTokenUs: fc.constantFrom(0, 0, 4),
});

/** Loads of all kinds, now and then too much for the server. */
const mixed = fc.record({
  rows: rows({
    requests: 20,
    gap: fc.oneof(fc.constant(0), fc.nat(60), fc.nat(400)),
    prompt: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 })),
    output: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 30 })),
    promptId: fc.nat(7),
  }),
  settings: fc.record<Settings>({
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
  }),
  prices,
});

/** Many requests with few prompts at once, hardly any blocks and no budget to spare: everything competes. */
const storm = fc.record({
  rows: rows({
    requests: 14,
    gap: fc.oneof(fc.constant(0), fc.nat(40)),
    prompt: fc.constantFrom(1, 2, 4, 6, 6, 8, 12),
    output: fc.integer({ min: 1, max: 14 }),
    promptId: fc.nat(3),
  }),
  settings: fc.record<Settings>({
    blockSizeTokens: fc.constantFrom(1, 2, 2, 3),
    spareBlocks: fc.nat(12),
    maxNumSeqs: fc.integer({ min: 2, max: 6 }),
    spareBudget: fc.nat(3),
    longPrefillTokenThreshold: fc.constantFrom(0, 1, 2, 3),
    prefixCaching: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
    chunkedPrefill: fc.constant(true),
    asyncScheduling: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
    priorityPolicy: fc.boolean(),
    stageGapUs: fc.constant(undefined),
  }),
  prices,
});

/** As little as it takes for an unimportant request to give way to those behind it, who then miss a step. */
const giveWay = fc.record({
  rows: rows({
    requests: 7,
    gap: fc.nat(12),
    prompt: fc.integer({ min: 1, max: 4 }),
    output: fc.integer({ min: 2, max: 9 }),
    promptId: fc.nat(2),
  }),
  settings: fc.record<Settings>({
    blockSizeTokens: fc.constantFrom(1, 1, 2),
    spareBlocks: fc.nat(6),
    maxNumSeqs: fc.integer({ min: 3, max: 5 }),
    spareBudget: fc.nat(8),
    longPrefillTokenThreshold: fc.constantFrom(0, 1),
    prefixCaching: fc.constant(true),
    chunkedPrefill: fc.constant(true),
    asyncScheduling: fc.boolean(),
    priorityPolicy: fc.constant(true),
    stageGapUs: fc.constant(undefined),
  }),
  prices,
});

/** End-of-sequence tokens in a part of the runs, for a part of the requests. */
const earlyEnds = fc.oneof(
  fc.constant<readonly number[]>([]),
  fc.array(fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 7 }),
);

/** Clients that give up in a part of the runs, some at once. */
const patience = fc.oneof(
  fc.constant<readonly number[]>([]),
  fc.array(fc.oneof(fc.constant(Infinity), fc.nat(60), fc.nat(600)), { minLength: 1, maxLength: 7 }),
);

const withAborts = (list: readonly Row[], after: readonly number[]): readonly Row[] =>
  after.length === 0
    ? list
    : list.map((row, index) => ({ ...row, abortAfter: after[index % after.length]! }));

const withStops = (list: readonly Row[], stops: readonly number[]): readonly Row[] =>
  stops.length === 0
    ? list
    : list.map((row, index) => ({ ...row, stop: Math.min(row.output, stops[index % stops.length]!) }));

/** A CPU tier in a part of the runs, mostly tiny, over links of all speeds. */
const tiers = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ blocks: 0, copyUs: 1 }) },
  {
    weight: 3,
    arbitrary: fc.record({
      blocks: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 }), fc.constant(500)),
      copyUs: fc.constantFrom(0.25, 1, 4, 30, 200),
    }),
  },
);

/** An H100 whose link copies a block of Llama-3.1-8B in so many µs. */
const linked = (blockSizeTokens: number, copyUs: number): GpuSpec => ({
  ...H100,
  hostLinkBytesPerUs: (blockSizeTokens * LLAMA_8B.layers * LLAMA_8B.kvHeads * LLAMA_8B.headDim * 4) / copyUs,
});

/** Small engines, always able to serve every single request. */
export const randomRun: fc.Arbitrary<RandomRun> = fc
  .tuple(
    prompts,
    fc.oneof(mixed, { weight: 2, arbitrary: storm }, { weight: 2, arbitrary: giveWay }),
    earlyEnds,
    patience,
    tiers,
  )
  .map(([contents, { rows: list, settings: s, prices: price }, stops, aborts, tier]) => {
    const longest = Math.max(...list.map((row) => row.prompt + row.output - 1));
    const early = withAborts(withStops(list, stops), aborts);
    return {
      requests: table(atStageClock(early, s.stageGapUs), {
        prompts: contents,
        ...(s.stageGapUs !== undefined && { stageGapUs: s.stageGapUs }),
      }),
      latency: affineLatency(price, price),
      gpu: linked(s.blockSizeTokens, tier.copyUs),
      server: server({
        ...s,
        schedulingPolicy: s.priorityPolicy ? 'priority' : 'fcfs',
        ...(tier.blocks > 0 && { cpuKvBlocks: tier.blocks }),
        totalKvBlocks: Math.ceil(longest / s.blockSizeTokens) + 1 + s.spareBlocks,
        maxNumBatchedTokens: Math.max(s.maxNumSeqs, s.chunkedPrefill ? 1 : longest) + s.spareBudget,
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
