import { diagnosed } from '../diagnosed.js';
import type { LintRule, LintSubject, Sighting } from '../finding.js';
import { shownPct } from '../show.js';
import type { StepColumns } from '../../trace/trace.js';

/** Fewer hits than this change no figure beyond noise: chat templates and system prompts give a few. */
const MATTERS_RATIO = 0.05;
const FEWEST = 10;

/** Share of prompt tokens that came from the prefix cache, as the requests say. */
function hitRatioOfRequests({ requests }: LintSubject): number {
  const { cachedTokens, promptTokens } = requests;
  if (cachedTokens === undefined) return NaN;
  let [cached, prompt] = [0, 0];
  for (let row = 0; row < requests.count; row++) {
    if (cachedTokens[row]! < 0 || promptTokens[row]! < 0) continue;
    cached += cachedTokens[row]!;
    prompt += promptTokens[row]!;
  }
  return cached / prompt;
}

/** The same from steps in which every prefill was a first chunk: context that was not computed there was found. */
function hitRatioOfSteps(steps: StepColumns): number {
  let [computed, context, requests] = [0, 0, 0];
  for (let row = 0; row < steps.count; row++) {
    const first = steps.prefillRequests[row]!;
    if (!(first > 0 && steps.newRequests[row] === first && steps.prefillContextTokens[row]! > 0)) continue;
    computed += steps.prefillTokens[row]!;
    context += steps.prefillContextTokens[row]!;
    requests += first;
  }
  return requests < FEWEST ? NaN : 1 - computed / context;
}

const distinct = (promptId: Int32Array): number => new Set(promptId).size;

/** Prompts that are declared to be few explain hits; so does a run of which nothing but steps is known. */
function declared({ requests }: LintSubject): string | undefined {
  if (requests.promptId === undefined) return undefined;
  const prompts = distinct(requests.promptId);
  return prompts < requests.count ? `${prompts} prompts for ${requests.count} requests` : undefined;
}

/** The same from KV events: blocks found in the cache over the tokens of all prompts. */
function hitRatioOfBlocks({ trace, requests }: LintSubject): number {
  const reused = diagnosed(trace, 'kv-blocks-reused')?.count ?? NaN;
  const promptTokens = requests.promptTokens.reduce((sum, tokens) => sum + tokens, 0);
  return (reused * (trace.meta.server?.blockSizeTokens ?? NaN)) / promptTokens;
}

/** Share of prompt tokens from the cache, by requests where they say so; NaN when nothing says. */
function hitRatio(subject: LintSubject): number {
  const { steps } = subject.trace;
  const ratios = [
    hitRatioOfRequests(subject),
    steps === undefined ? NaN : hitRatioOfSteps(steps),
    hitRatioOfBlocks(subject),
  ];
  return ratios.find((ratio) => !Number.isNaN(ratio)) ?? NaN;
}

/** What KV events show of the prompts that share a beginning: what a workload would have to declare. */
function sharedPrefixes({ trace }: LintSubject): string {
  const shared = diagnosed(trace, 'kv-prefix-shared');
  return shared === undefined ? '' : `; ${shared.message}: ${shared.count}`;
}

function sightings(subject: LintSubject): Sighting[] {
  const { trace } = subject;
  const ratio = hitRatio(subject);
  if (!(ratio >= MATTERS_RATIO)) return [];
  const found = `${shownPct(ratio)} of the prompt tokens came from the prefix cache`;
  const [where, figures] = ['run', { hitRatio: ratio }];
  if (trace.meta.server?.prefixCaching === false)
    return [
      { severity: 'error', where, found: `${found}, but the server is said to run without one`, figures },
    ];
  const why = declared(subject);
  if (why !== undefined) return [{ severity: 'note', where, found: `${found}: ${why}`, figures }];
  return [
    {
      severity: 'warning',
      where,
      found: `${found}, and nothing here says which requests share a prompt${sharedPrefixes(subject)}`,
      figures,
    },
  ];
}

/** Prompts that repeat without the workload saying so; also from steps, where prefills are too small for their context. */
export const prefixHitsUndeclared: LintRule = {
  id: 'prefix-hits-undeclared',
  title: 'prefix-cache hits that the workload does not declare',
  consequence: 'A replay that computes every prompt in full is wrong: E2E by 10 to 30 %, TTFT by many times.',
  remedy:
    'Give requests a `promptId` (load configuration, per-request log or KV events say which prompts repeat).',
  hasEvidence: (subject) => !Number.isNaN(hitRatio(subject)),
  check: sightings,
};
