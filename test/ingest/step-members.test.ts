import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { segmentsOf } from '../../src/ingest/journey-segments.js';
import type { Journey } from '../../src/ingest/otlp-journeys.js';
import { stepMembers } from '../../src/ingest/step-members.js';

const point = (step: number): { atUs: number; step: number } => ({ atUs: step * 1000, step });

/** A request admitted in a step, with its first token some chunks later and then one token a step. */
function journey(admitted: number, chunks: number, outputTokens: number, promptTokens: number): Journey {
  const first = admitted + chunks - 1;
  return {
    id: `${admitted}-${promptTokens}`,
    promptTokens,
    outputTokens,
    queued: point(admitted - 1),
    scheduled: [point(admitted)],
    preempted: [],
    firstToken: point(first),
    finished: point(first + outputTokens - 1),
    status: 'finished',
    stopped: false,
  };
}

const journeys = fc.array(
  fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 4, max: 500 }),
    )
    .map(([admitted, chunks, tokens, prompt]) => journey(admitted, chunks, tokens, prompt)),
  { maxLength: 12 },
);

describe('segmentsOf', () => {
  it('resumes a preempted request with what it had generated', () => {
    const preempted: Journey = {
      ...journey(33, 1, 9, 60),
      scheduled: [point(33), point(41)],
      preempted: [point(38)],
      finished: point(44),
    };
    const { segments, regular } = segmentsOf(preempted, true);
    expect(regular).toBe(true);
    expect(segments[0]?.decodes).toEqual({ firstStep: 34, lastStep: 37, contextTokens: 61 });
    // 5 tokens before the preemption: 65 to recompute in step 41, which gives the sixth
    expect(segments[1]?.prefill).toEqual({
      firstStep: 41,
      lastStep: 41,
      targetTokens: 65,
      isRecompute: true,
    });
    expect(segments[1]?.decodes).toEqual({ firstStep: 42, lastStep: 44, contextTokens: 66 });
  });

  it('says when the count of tokens does not fit one a step', () => {
    expect(segmentsOf({ ...journey(1, 1, 5, 10), outputTokens: 4 }, true).regular).toBe(false);
    expect(segmentsOf({ ...journey(1, 1, 5, 10), finished: undefined }, true).regular).toBe(false);
  });
});

describe('a request that ends by a stop token', () => {
  const stopped: Journey = { ...journey(1, 1, 5, 10), stopped: true };

  it('takes part in one more step of an asynchronous engine, which throws the token away', () => {
    expect(segmentsOf(stopped, true).segments[0]?.decodes).toMatchObject({ firstStep: 2, lastStep: 6 });
    expect(segmentsOf(stopped, true).regular).toBe(true);
    expect(segmentsOf(stopped, false).segments[0]?.decodes).toMatchObject({ firstStep: 2, lastStep: 5 });
  });
});

describe('a damaged journey', () => {
  it('has no prefill over more steps than tokens, and no segments without token counts', () => {
    const { segments, regular } = segmentsOf(journey(1, 11, 5, 10), true);
    expect([segments[0]?.prefill, regular]).toEqual([undefined, false]);
    expect(segmentsOf({ ...journey(1, 1, 5, 10), promptTokens: -1 }, true).segments).toEqual([]);
  });
});

describe('stepMembers', () => {
  test.prop([journeys, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 60 })])(
    'counts what going through every request in every step counts',
    (requests, firstId, span) => {
      const lastId = firstId + span;
      const members = stepMembers(
        requests.map((request) => segmentsOf(request, true)),
        firstId,
        lastId,
      );
      for (let step = firstId; step <= lastId; step += 1) {
        const decoding = requests.filter(
          ({ firstToken, finished }) => step > (firstToken?.step ?? 0) && step <= (finished?.step ?? 0),
        );
        const context = decoding.reduce(
          (sum, { promptTokens, firstToken }) => sum + promptTokens + step - (firstToken?.step ?? 0),
          0,
        );
        const row = step - firstId;
        expect(members.decodeRequests[row]).toBe(decoding.length);
        expect(members.decodeContextTokens[row]).toBe(context);
        expect(members.firstDecodes[row]).toBe(
          decoding.filter(({ firstToken }) => firstToken?.step === step - 1).length,
        );
        expect(members.admissions[row]).toBe(
          requests.filter(({ scheduled }) => scheduled[0]?.step === step).length,
        );
      }
    },
  );
});
