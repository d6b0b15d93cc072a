import type { RequestColumns, Trace, TraceMeta } from '../trace/trace.js';
import type { DiagnosticLog } from './diagnostics.js';
import type { RunFacts, TracePart } from './importer.js';

/** A part with the format it came from. */
export interface NamedPart {
  readonly format: string;
  readonly part: TracePart;
}

const NO_REQUESTS: RequestColumns = {
  count: 0,
  arrivedAtUs: new Float64Array(0),
  firstTokenAtUs: new Float64Array(0),
  finishedAtUs: new Float64Array(0),
  promptTokens: new Int32Array(0),
  outputTokens: new Int32Array(0),
  stage: new Uint16Array(0),
  status: new Uint8Array(0),
};

/** Later facts win; server options are merged one by one. */
export function mergeFacts(facts: readonly RunFacts[]): RunFacts {
  return facts.reduce<RunFacts>((merged, fact) => {
    const server = { ...merged.server, ...fact.server };
    return { ...merged, ...fact, ...(Object.keys(server).length === 0 ? {} : { server }) };
  }, {});
}

function metaOf(
  facts: RunFacts,
  source: string,
  clock: TraceMeta['clock'],
  files: TraceMeta['files'],
): TraceMeta {
  const { model, engineVersion, workloadName, server } = facts;
  return {
    source,
    synthetic: false,
    clock,
    ...(engineVersion === undefined ? {} : { engineVersion }),
    ...(model === undefined ? {} : { model }),
    ...(server === undefined ? {} : { server }),
    ...(workloadName === undefined ? {} : { workloadName }),
    ...(files === undefined ? {} : { files }),
  };
}

/**
 * Fills in which requests share a prompt from a second list of the same run: the k-th request to arrive is the same in
 * both, whatever their clocks, if both hold equally many.
 */
function withPromptIds(
  requests: RequestColumns,
  others: readonly NamedPart[],
  log: DiagnosticLog,
): RequestColumns {
  for (const { format, part } of others) {
    const { count = 0, promptId } = part.requests ?? {};
    if (promptId !== undefined && requests.promptId === undefined && count === requests.count) {
      return { ...requests, promptId };
    }
    log.add(
      'doubt',
      'requests-not-joined',
      `requests of ${format} are on another clock and were not joined`,
      count,
    );
  }
  return requests;
}

/** One trace from what the formats of a folder contributed, in order of precedence. */
export function joinParts(
  parts: readonly NamedPart[],
  configured: RunFacts,
  files: TraceMeta['files'],
  log: DiagnosticLog,
): Trace {
  const withRequests = parts.filter(({ part }) => (part.requests?.count ?? 0) > 0);
  const withSteps = parts.find(({ part }) => part.steps !== undefined);
  const [main, ...others] = withRequests;
  const requests =
    main?.part.requests === undefined ? NO_REQUESTS : withPromptIds(main.part.requests, others, log);
  const stages = parts.find(({ part }) => part.stages !== undefined)?.part.stages;
  const facts = mergeFacts([...parts.map(({ part }) => part.facts ?? {}), configured]);
  const source = main?.format ?? withSteps?.format ?? parts[0]?.format ?? 'unknown';
  const clock = main?.part.clock ?? withSteps?.part.clock ?? 'client';
  return {
    meta: metaOf(facts, source, clock, files),
    requests,
    ...(withSteps?.part.steps === undefined ? {} : { steps: withSteps.part.steps }),
    ...(stages === undefined ? {} : { stages }),
    diagnostics: log.list(),
  };
}
