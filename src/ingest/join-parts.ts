import type { RequestColumns, StepColumns, Trace, TraceMeta } from '../trace/trace.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { RunFacts, TracePart } from './importer.js';
import { reportKvPrefixes } from './report-kv-prefixes.js';
import { soundStages } from './sound-stages.js';
import { joinById, reportMovedKv } from './join-by-id.js';
import { joinSteps, withMovedSteps } from './join-steps.js';

/** A part with the format it came from and what was noticed while reading it. */
export interface NamedPart {
  readonly format: string;
  readonly part: TracePart;
  readonly log: DiagnosticLog;
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
 * Which requests share a prompt, from a second list of the same run: the k-th request to arrive is the same in both,
 * whatever their clocks, if both hold equally many.
 */
const promptSource = (requests: RequestColumns, others: readonly NamedPart[]): NamedPart | undefined =>
  requests.promptId === undefined
    ? others.find(
        ({ part }) => part.requests?.promptId !== undefined && part.requests.count === requests.count,
      )
    : undefined;

/** The main list with what the others know of the same requests, and the parts that helped. */
function completed(
  main: RequestColumns,
  others: readonly NamedPart[],
  log: DiagnosticLog,
): { readonly requests: RequestColumns; readonly helpers: readonly NamedPart[] } {
  let requests = main;
  const helpers: NamedPart[] = [];
  for (const other of others) {
    const joined = other.part.requests && joinById(requests, other.part.requests, log);
    if (joined === undefined) continue;
    requests = joined;
    helpers.push(other);
  }
  const prompts = promptSource(requests, others);
  const promptId = prompts?.part.requests?.promptId;
  if (prompts === undefined || promptId === undefined) return { requests, helpers };
  return { requests: { ...requests, promptId }, helpers: [...helpers, prompts] };
}

/** Steps and requests of a run as far as they are joined, and the parts that helped. */
interface JoinedTables {
  readonly requests: RequestColumns;
  readonly steps: StepColumns | undefined;
  readonly helpers: readonly NamedPart[];
}

/** The steps of one part with those that others hold of the same engine. */
function withOtherSteps(
  first: NamedPart | undefined,
  parts: readonly NamedPart[],
  { requests, isOfFirst }: { readonly requests: RequestColumns; readonly isOfFirst: boolean },
  log: DiagnosticLog,
): JoinedTables {
  let tables: JoinedTables = { requests, steps: first?.part.steps, helpers: [] };
  for (const other of parts) {
    if (other === first || other.part.steps === undefined || tables.steps === undefined) continue;
    const joined = joinSteps(tables.steps, other.part.steps, log);
    if (joined === undefined) continue;
    tables = {
      requests: isOfFirst ? withMovedSteps(tables.requests, joined.rowOf) : tables.requests,
      steps: joined.steps,
      helpers: [...tables.helpers, other],
    };
  }
  return tables;
}

/** Which parts gave rows of each kind. */
interface UsedParts {
  readonly requests: ReadonlySet<NamedPart | undefined>;
  readonly steps: ReadonlySet<NamedPart | undefined>;
  readonly stages: NamedPart | undefined;
}

/** Counts the rows that were read but not used: another part holds the same kind, on its own clock. */
function reportUnused(parts: readonly NamedPart[], used: UsedParts, log: DiagnosticLog): void {
  for (const named of parts) {
    const { requests, steps, stages } = named.part;
    const rows =
      (used.requests.has(named) ? 0 : (requests?.count ?? 0)) +
      (used.steps.has(named) ? 0 : (steps?.count ?? 0)) +
      (used.stages === named ? 0 : (stages?.length ?? 0));
    const message = `rows of ${named.format}: another format has the same, on its own clock`;
    log.add('doubt', 'part-not-joined', message, rows);
  }
}

/** Counts steps whose instants are on another clock than those of the requests beside them. */
function reportClocks(
  main: NamedPart | undefined,
  withSteps: NamedPart | undefined,
  log: DiagnosticLog,
): void {
  if (main === undefined || main === withSteps || main.part.clock === withSteps?.part.clock) return;
  const timed = withSteps?.part.steps?.scheduledAtUs.filter((us) => !Number.isNaN(us)).length ?? 0;
  log.add('doubt', 'step-clock-differs', 'steps on another clock than the requests beside them', timed);
}

/** The last part of a model's name: servers know it by its repository, by a folder, or by an alias. */
const shortModel = (name: string): string =>
  (name.split('/').findLast((piece) => piece !== '') ?? name).toLowerCase();

/** Doubts a folder whose files name two models. */
function reportModels(parts: readonly NamedPart[], configured: RunFacts, log: DiagnosticLog): void {
  const names = [configured, ...parts.map(({ part }) => part.facts ?? {})].flatMap(
    ({ model }) => model ?? [],
  );
  const byShort = new Map(names.map((name) => [shortModel(name), name]));
  const message = `models that the files of this run name: ${[...byShort.values()].join(', ')}`;
  if (byShort.size > 1) log.add('doubt', 'model-differs', message, byShort.size);
}

/** One trace from what the formats of a folder contributed, in order of precedence. */
export function joinParts(
  parts: readonly NamedPart[],
  configured: RunFacts,
  files: TraceMeta['files'],
  log: DiagnosticLog,
): Trace {
  const [main, ...others] = parts.filter(({ part }) => (part.requests?.count ?? 0) > 0);
  const withSteps = parts.find(({ part }) => part.steps !== undefined);
  const withStages = parts.find(({ part }) => part.stages !== undefined);
  const listed = completed(main?.part.requests ?? NO_REQUESTS, others, log);
  const isOfFirst = main === withSteps;
  const { requests, steps, helpers } = withOtherSteps(withSteps, parts, { ...listed, isOfFirst }, log);
  const used = {
    requests: new Set([main, ...listed.helpers]),
    steps: new Set([withSteps, ...helpers]),
    stages: withStages,
  };
  for (const named of parts)
    if (used.requests.has(named) || used.steps.has(named) || withStages === named)
      log.addAll(named.log.list());
  reportUnused(parts, used, log);
  reportModels(parts, configured, log);
  reportClocks(main, withSteps, log);
  const facts = mergeFacts([...parts.toReversed().map(({ part }) => part.facts ?? {}), configured]);
  const source = (main ?? withSteps ?? withStages ?? parts[0])?.format ?? 'unknown';
  const { clock = 'client', synthetic = false } = (main ?? withSteps ?? withStages)?.part ?? {};
  reportMovedKv(requests, facts.movedKvRequestIds ?? [], log);
  reportKvPrefixes(requests, facts, log);
  return {
    meta: { ...metaOf(facts, source, clock, files), synthetic },
    requests,
    ...(steps === undefined ? {} : { steps }),
    ...(withStages?.part.stages === undefined ? {} : { stages: soundStages(withStages.part.stages, log) }),
    diagnostics: log.list(),
  };
}
