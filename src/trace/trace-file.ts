import { checkShape } from '../text/check-shape.js';
import { withoutUndefined } from '../text/object-keys.js';
import { parseJsonDocument } from '../text/parse-document.js';
import { BATCH_FIELDS } from './batch-shape.js';
import { checkInstants } from './check-instants.js';
import { columnCells, ColumnReader, renderColumns, type CellOf } from './csv-columns.js';
import { META_KEYS, SERVER_KEYS, traceJsonSchema, TRACE_FORMAT, TRACE_VERSION } from './trace-file-schema.js';
import {
  REQUEST_STATUSES,
  type RequestColumns,
  type StepColumns,
  type Trace,
  type TraceMeta,
} from './trace.js';

/** The normalised on-disk form: texts by file name. `steps.csv` is there only when the trace has steps. */
export interface TraceFiles {
  readonly 'trace.json': string;
  readonly 'requests.csv': string;
  readonly 'steps.csv'?: string;
}

/** Numeric request columns in file order. */
const REQUEST_COLUMNS = [
  'arrivedAtUs',
  'queuedAtUs',
  'scheduledAtUs',
  'startedAtUs',
  'firstTokenAtUs',
  'finishedAtUs',
  'promptTokens',
  'outputTokens',
  'cachedTokens',
  'promptId',
  'stage',
  'preemptions',
  'arrivedStep',
  'scheduledStep',
  'firstTokenStep',
  'finishedStep',
] as const satisfies readonly (keyof RequestColumns)[];

const STEP_COLUMNS = [
  'id',
  'scheduledAtUs',
  'startedAtUs',
  'periodUs',
  ...BATCH_FIELDS,
  'running',
  'waiting',
  'kvBlocksUsed',
] as const satisfies readonly (keyof StepColumns)[];

const REQUIRED_REQUEST_COLUMNS = [
  'arrivedAtUs',
  'firstTokenAtUs',
  'finishedAtUs',
  'promptTokens',
  'outputTokens',
  'stage',
  'status',
];
const REQUIRED_STEP_COLUMNS = STEP_COLUMNS.filter((name) => name !== 'startedAtUs');

function requestParts(requests: RequestColumns): Iterable<string> {
  const columns = new Map<string, CellOf>();
  const { ids, status } = requests;
  if (ids !== undefined) columns.set('id', (row) => ids[row] ?? '');
  for (const name of REQUEST_COLUMNS) {
    const column = requests[name];
    if (column !== undefined) columns.set(name, columnCells(column));
  }
  columns.set('status', (row) => REQUEST_STATUSES[status[row] ?? -1] ?? '');
  return renderColumns(columns, requests.count);
}

function stepParts(steps: StepColumns): Iterable<string> {
  const columns = new Map<string, CellOf>();
  for (const name of STEP_COLUMNS) {
    const column = steps[name];
    if (column !== undefined) columns.set(name, columnCells(column));
  }
  return renderColumns(columns, steps.count);
}

const inOrder = (record: object, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => keys.indexOf(a) - keys.indexOf(b)));

/** Provenance in one order, whichever file its facts were read from first: a trace read back is written as it was. */
const orderedMeta = ({ server, ...meta }: TraceMeta): object =>
  inOrder({ ...meta, ...(server === undefined ? {} : { server: inOrder(server, SERVER_KEYS) }) }, META_KEYS);

/** The normalised form in parts, to be written one after the other; a part is a few thousand rows. */
export function traceParts(trace: Trace): Readonly<Record<keyof TraceFiles, Iterable<string> | undefined>> {
  const { meta, stages, diagnostics, requests, steps } = trace;
  const head = { format: TRACE_FORMAT, version: TRACE_VERSION, meta: orderedMeta(meta), stages, diagnostics };
  return {
    'trace.json': [`${JSON.stringify(head, undefined, 2)}\n`],
    'requests.csv': requestParts(requests),
    'steps.csv': steps === undefined ? undefined : stepParts(steps),
  };
}

/** Texts of the normalised form; the same trace always gives the same bytes. */
export function traceToFiles(trace: Trace): TraceFiles {
  const parts = traceParts(trace);
  const text = (name: keyof TraceFiles): string => [...(parts[name] ?? [])].join('');
  return {
    'trace.json': text('trace.json'),
    'requests.csv': text('requests.csv'),
    ...(parts['steps.csv'] === undefined ? {} : { 'steps.csv': text('steps.csv') }),
  };
}

function requestsFrom(text: string, file: string): RequestColumns {
  const read = new ColumnReader(text, file, REQUIRED_REQUEST_COLUMNS);
  return {
    count: read.count,
    arrivedAtUs: read.floats('arrivedAtUs'),
    firstTokenAtUs: read.floats('firstTokenAtUs'),
    finishedAtUs: read.floats('finishedAtUs'),
    promptTokens: read.ints('promptTokens'),
    outputTokens: read.ints('outputTokens'),
    stage: read.stages('stage'),
    status: read.words('status', REQUEST_STATUSES),
    ...withoutUndefined({
      ids: read.has('id') ? read.texts('id') : undefined,
      queuedAtUs: read.floatsIfPresent('queuedAtUs'),
      scheduledAtUs: read.floatsIfPresent('scheduledAtUs'),
      startedAtUs: read.floatsIfPresent('startedAtUs'),
      cachedTokens: read.intsIfPresent('cachedTokens'),
      promptId: read.intsIfPresent('promptId'),
      preemptions: read.intsIfPresent('preemptions'),
      arrivedStep: read.intsIfPresent('arrivedStep'),
      scheduledStep: read.intsIfPresent('scheduledStep'),
      firstTokenStep: read.intsIfPresent('firstTokenStep'),
      finishedStep: read.intsIfPresent('finishedStep'),
    }),
  };
}

function stepsFrom(text: string, file: string): StepColumns {
  const read = new ColumnReader(text, file, REQUIRED_STEP_COLUMNS);
  return {
    count: read.count,
    id: read.ints('id'),
    scheduledAtUs: read.floats('scheduledAtUs'),
    periodUs: read.amounts('periodUs'),
    prefillTokens: read.amounts('prefillTokens'),
    prefillRequests: read.amounts('prefillRequests'),
    decodeRequests: read.amounts('decodeRequests'),
    decodeContextTokens: read.amounts('decodeContextTokens'),
    prefillContextTokens: read.amounts('prefillContextTokens'),
    prefillAttentionPairs: read.amounts('prefillAttentionPairs'),
    prefillPromptPairs: read.amounts('prefillPromptPairs'),
    newRequests: read.amounts('newRequests'),
    running: read.ints('running'),
    waiting: read.ints('waiting'),
    kvBlocksUsed: read.ints('kvBlocksUsed'),
    ...withoutUndefined({ startedAtUs: read.floatsIfPresent('startedAtUs') }),
  };
}

/**
 * The trace in the texts of a normalised folder.
 * @param folder named in errors
 * @throws KEY_UNKNOWN, FORMAT_INVALID, TRACE_INVALID, TRACE_CLOCK (instants out of order)
 */
export function filesToTrace(files: TraceFiles, folder = ''): Trace {
  const at = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  const head = checkShape(
    traceJsonSchema,
    parseJsonDocument(files['trace.json'], at('trace.json')),
    'TRACE_INVALID',
  );
  const requests = requestsFrom(files['requests.csv'], at('requests.csv'));
  checkInstants(requests, at('requests.csv'));
  const steps = files['steps.csv'] === undefined ? undefined : stepsFrom(files['steps.csv'], at('steps.csv'));
  const { server, files: sources, ...meta } = head.meta;
  return {
    meta: {
      ...withoutUndefined(meta),
      ...(server === undefined ? {} : { server: withoutUndefined(server) }),
      ...(sources === undefined ? {} : { files: sources }),
    },
    requests,
    ...(steps === undefined ? {} : { steps }),
    ...(head.stages === undefined ? {} : { stages: head.stages.map(withoutUndefined) }),
    diagnostics: head.diagnostics,
  };
}
