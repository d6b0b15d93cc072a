import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintTrace, RULES } from '../../src/lint/index.js';
import { madeUpReport, madeUpRequests, madeUpRun, madeUpSteps } from './made-up-run.js';
import { seen, verdicts } from './seen.js';

const cached = (tokens: number) => {
  const requests = madeUpRequests({});
  return { ...requests, cachedTokens: new Int32Array(requests.count).fill(tokens) };
};

describe('lintTrace', () => {
  it('finds nothing in a sound run', () => {
    expect(lintTrace(madeUpRun({ stages: [madeUpReport()] })).findings).toEqual([]);
  });

  it('finds nothing but missing facts in an empty one, and shows errors first', () => {
    const { findings } = lintTrace({
      ...madeUpRun({ requests: madeUpRequests(), meta: { source: 'x', synthetic: true, clock: 'client' } }),
    });
    expect(findings.map(({ rule }) => rule)).toEqual(['server-facts-missing', 'server-facts-missing']);
    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'note']);
  });

  it('has rules of distinct ids, each with what to do', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
    for (const { title, consequence, remedy } of RULES)
      for (const text of [title, consequence, remedy]) expect(text.length).toBeGreaterThan(10);
  });

  it('is documented rule by rule', () => {
    const page = readFileSync(new URL('../../docs/lint.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| `([a-z-]+)` /gmu)].map(([, id]) => id);
    expect(documented).toEqual(RULES.map(({ id }) => id));
  });

  it('does not change with its input reversed in stage numbers', () => {
    const requests = madeUpRequests({ seed: 1 }, { seed: 2, startS: 300 });
    const swapped = { ...requests, stage: requests.stage.map((stage) => 1 - stage) };
    expect(lintTrace(madeUpRun({ requests: swapped })).counts.error).toBe(
      lintTrace(madeUpRun({ requests })).counts.error,
    );
  });
});

describe('clocks-mixed', () => {
  const rule = 'clocks-mixed';

  it('finds steps that ran hours after the last request', () => {
    const steps = madeUpSteps();
    const later = { ...steps, scheduledAtUs: steps.scheduledAtUs.map((us) => us + 9e9) };
    expect(verdicts(rule, madeUpRun({ steps: later }))).toEqual(['error run']);
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });

  it('finds requests that reach the engine before they are sent', () => {
    const requests = madeUpRequests({});
    const early = { ...requests, queuedAtUs: requests.arrivedAtUs.map((us) => us - 2000) };
    expect(verdicts(rule, madeUpRun({ requests: early }))).toEqual(['error run']);
    const sound = { ...requests, queuedAtUs: requests.arrivedAtUs.map((us) => us + 2000) };
    expect(verdicts(rule, madeUpRun({ requests: sound }))).toEqual([]);
  });

  it('repeats what importers say of clocks', () => {
    const diagnostics = [
      { code: 'request-arrival-queued', kind: 'doubt', count: 7, message: '' },
      { code: 'part-not-joined', kind: 'doubt', count: 9, message: 'rows of replay' },
    ] as const;
    expect(verdicts(rule, madeUpRun({ diagnostics }))).toEqual(['warning run', 'note run']);
  });
});

describe('prefix-hits-undeclared', () => {
  const rule = 'prefix-hits-undeclared';
  it('finds hits without prompts that repeat', () => {
    const [finding] = seen(rule, madeUpRun({ requests: cached(496) }));
    expect(finding).toMatchObject({ severity: 'warning', figures: { hitRatio: 496 / 512 } });
    expect(verdicts(rule, madeUpRun({ requests: cached(16) }))).toEqual([]);
  });

  it('finds them in steps whose first chunks are smaller than their context', () => {
    const steps = madeUpSteps();
    const small = { ...steps, prefillTokens: steps.prefillTokens.map((tokens) => tokens / 32) };
    const bare = { requests: madeUpRequests(), steps: small };
    expect(seen(rule, madeUpRun(bare))[0]).toMatchObject({
      severity: 'warning',
      figures: { hitRatio: 1 - 1 / 32 },
    });
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });

  it('is content when few prompts explain them, and not when there is no cache', () => {
    const requests = cached(496);
    const promptId = Int32Array.from({ length: requests.count }, (_, i) => i % 100);
    const run = madeUpRun({ requests: { ...requests, promptId } });
    expect(verdicts(rule, run)).toEqual(['note run']);
    const server = { ...run.meta.server, prefixCaching: false };
    expect(verdicts(rule, { ...run, meta: { ...run.meta, server } })).toEqual(['error run']);
  });
});

describe('steps-sampled', () => {
  const rule = 'steps-sampled';

  it('is as severe as the periods are few', () => {
    const steps = madeUpSteps(400, 10);
    const timed = (n: number) => ({
      ...steps,
      periodUs: steps.periodUs.map((us, row) => (row < n ? us : NaN)),
    });
    expect(verdicts(rule, madeUpRun({ steps: timed(400) }))).toEqual(['note steps']);
    expect(verdicts(rule, madeUpRun({ steps: timed(20) }))).toEqual(['warning steps']);
    expect(verdicts(rule, madeUpRun({ steps: timed(0) }))).toEqual(['error steps']);
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });

  it('warns of events that the tracer dropped', () => {
    const diagnostics = [{ code: 'otlp-events-lost', kind: 'dropped', count: 5, message: '' }] as const;
    expect(verdicts(rule, madeUpRun({ diagnostics }))).toEqual(['warning steps']);
  });
});

describe('server-facts-missing', () => {
  const rule = 'server-facts-missing';

  it('names the engine version and the KV blocks', () => {
    const { engineVersion: _, ...meta } = madeUpRun().meta;
    const bare = madeUpRun({ meta: { ...meta, server: { tensorParallelSize: 1 } } });
    const [finding] = seen(rule, bare);
    expect(finding?.found).toMatch(/engine version.*KV blocks/u);
    expect(finding?.severity).toBe('warning');
    expect(verdicts(rule, madeUpRun())).toEqual([]);
  });
});

describe('too-few-requests', () => {
  const rule = 'too-few-requests';

  it.each([
    [1000, []],
    [999, ['note stage 0']],
    [100, ['note stage 0']],
    [99, ['warning stage 0']],
  ])('%i finished requests', (requests, expected) => {
    expect(verdicts(rule, madeUpRun({ requests: madeUpRequests({ requests }) }))).toEqual(expected);
  });

  it('counts those of reports when there are no others', () => {
    const stages = [madeUpReport({ requests: 60 })];
    expect(verdicts(rule, madeUpRun({ requests: madeUpRequests(), stages }))).toEqual(['warning stage 0']);
  });
});
