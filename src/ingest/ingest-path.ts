import { basename, relative } from 'node:path';
import { TruelineError } from '../errors.js';
import type { Trace, TraceMeta } from '../trace/trace.js';
import { DiagnosticLog } from '../trace/diagnostic-log.js';
import { DATA_IMPORTERS, FACTS_IMPORTERS } from './formats.js';
import type { RunFacts } from './importer.js';
import { joinParts, mergeFacts, type NamedPart } from './join-parts.js';
import { listFiles, type FolderContents } from './list-files.js';
import { onlyOne } from './only-one.js';
import { isOtherFile, refuseOtherFile, reportOtherFiles } from './other-files.js';
import { probeFile, type FileProbe } from './probe-file.js';
import { fileBytes, hashFile, pathKind } from './read-file.js';
import { metered, type OnRead } from './read-meter.js';
import { normalisedFiles, readTruelineTrace, TRUELINE_TRACE } from './trueline-trace.js';

const MAX_NAMES = 20;
const RECOGNISED = [TRUELINE_TRACE, ...FACTS_IMPORTERS, ...DATA_IMPORTERS];

async function readFacts(probes: readonly FileProbe[], log: DiagnosticLog): Promise<RunFacts> {
  const facts: RunFacts[] = [];
  for (const importer of FACTS_IMPORTERS) {
    const files = probes.filter(importer.matches);
    if (files.length > 0) facts.push(await importer.read(files, log));
  }
  return mergeFacts(facts);
}

async function readParts(probes: readonly FileProbe[], facts: RunFacts): Promise<NamedPart[]> {
  const parts: NamedPart[] = [];
  for (const { format, matches, read } of DATA_IMPORTERS) {
    const files = probes.filter(matches);
    if (files.length === 0) continue;
    const log = new DiagnosticLog();
    parts.push({ format, part: await read(files, facts, log), log });
  }
  return parts;
}

/** Files of which each says something of its own, and where they came from. */
interface Sources {
  readonly probes: readonly FileProbe[];
  readonly files: NonNullable<TraceMeta['files']>;
}

/** Leaves out files that repeat another byte for byte (copies, links to one another): their rows would count twice. */
async function sourcesOf(path: string, known: readonly FileProbe[], log: DiagnosticLog): Promise<Sources> {
  const byHash = new Map<string, FileProbe>();
  const repeated: string[] = [];
  for (const probe of known) {
    const sha256 = await hashFile(probe.file);
    if (byHash.has(sha256)) repeated.push(probe.file);
    else byHash.set(sha256, probe);
  }
  const nameOf = (file: string): string =>
    file === path ? basename(file) : relative(path, file).replaceAll('\\', '/');
  log.add('repaired', 'file-repeated', `files that repeat another: ${namesOf(repeated)}`, repeated.length);
  return {
    probes: [...byHash.values()],
    files: [...byHash].map(([sha256, { file }]) => ({ path: nameOf(file), sha256 })),
  };
}

function refuseUnknown(path: string): never {
  throw new TruelineError('FORMAT_UNKNOWN', 'no file here is in a format that Trueline reads', {
    file: path,
    hint: `Looked for:\n${RECOGNISED.map(({ looksFor }) => `  - ${looksFor}`).join('\n')}`,
  });
}

const empty = (path: string, message: string, hint: string): TruelineError =>
  new TruelineError('TRACE_EMPTY', message, { file: path, hint });

/** Names of files, as many as a message can hold. */
function namesOf(paths: readonly string[]): string {
  const names = paths.slice(0, MAX_NAMES).map((path) => basename(path));
  return paths.length > MAX_NAMES ? `${names.join(', ')} …` : names.join(', ');
}

/** @throws TRACE_EMPTY when there is nothing to recognise */
function refuseEmpty(path: string, probes: readonly FileProbe[], { strayLinks }: FolderContents): void {
  if (probes.length === 0 && strayLinks.length > 0)
    throw empty(
      path,
      `the folder holds only links that lead out of it, or nowhere: ${namesOf(strayLinks)}`,
      'Copy the files into the folder, or name the folder that they are in.',
    );
  if (probes.length === 0) throw empty(path, 'the folder holds no files', 'Name the folder of a run.');
  if (probes.every(({ start }) => start === ''))
    throw empty(path, 'nothing is written here', 'Was the measurement cut short before it was saved?');
}

/** Says what is there when there are no measurements: configuration, or nothing that is known. */
function refuseWithoutData(path: string, known: readonly FileProbe[]): never {
  if (known.length === 0) refuseUnknown(path);
  const names = known.map(({ file }) => basename(file)).join(', ');
  throw empty(
    path,
    `only describes a run (${names}), without its measurements`,
    'Name the folder that holds both.',
  );
}

const isEmpty = ({ requests, steps, stages }: Trace): boolean =>
  requests.count === 0 && (steps?.count ?? 0) === 0 && (stages?.length ?? 0) === 0;

/**
 * Reads a recorded run: a file, or a folder with everything that was kept of the run. Files are recognised by content,
 * gzip is transparent, and what the formats know about one run is joined; what was dropped, repaired or doubted is counted
 * in the trace's diagnostics.
 * @param onRead told how far reading is
 * @throws FILE_NOT_FOUND, FILE_BAD_GZIP, FILE_TRUNCATED, FORMAT_INVALID, FORMAT_UNKNOWN (lists what was looked for),
 *   NOT_A_RUN (says where the file belongs), ARCH_UNSUPPORTED (a model's configuration), TRACE_CLOCK, TRACE_EMPTY, TRACE_INVALID
 */
export async function ingestPath(path: string, onRead?: OnRead): Promise<Trace> {
  const contents =
    (await pathKind(path)) === 'folder'
      ? await listFiles(path)
      : { files: [path], strayLinks: [], deepFolders: [] };
  const read = async (): Promise<Trace> => readContents(path, contents);
  if (onRead === undefined) return read();
  const sizes = new Map<string, number>();
  for (const file of contents.files) sizes.set(file, await fileBytes(file));
  return metered(sizes, onRead, read);
}

async function readContents(path: string, contents: FolderContents): Promise<Trace> {
  const probes: FileProbe[] = [];
  for (const file of contents.files) probes.push(await probeFile(file));
  refuseEmpty(path, probes, contents);
  const log = new DiagnosticLog();
  reportOutside(contents, log);
  const normalised = onlyOne(probes.filter(TRUELINE_TRACE.matches), 'normalised trace');
  const trace =
    normalised === undefined
      ? await importRun(path, probes, log)
      : await readNormalised(normalised, probes, log);
  if (!isEmpty(trace)) return trace;
  const hint = 'Was tracing on, and did the run send any request?';
  throw empty(path, 'no requests, no steps and no stage figures', hint);
}

/** Counts what lies behind links and deeper than is looked. */
function reportOutside({ strayLinks, deepFolders }: FolderContents, log: DiagnosticLog): void {
  const links = `links that lead out of the folder: ${namesOf(strayLinks)}`;
  log.add('dropped', 'link-not-followed', links, strayLinks.length);
  const deep = `folders that lie too deep to be looked into: ${namesOf(deepFolders)}`;
  log.add('doubt', 'folder-too-deep', deep, deepFolders.length);
}

/** Reads a normalised trace; what else lies in its folder says nothing more about it, and is counted. */
async function readNormalised(
  head: FileProbe,
  probes: readonly FileProbe[],
  log: DiagnosticLog,
): Promise<Trace> {
  const own = new Set(normalisedFiles(head));
  const unread = probes.map(({ file }) => file).filter((file) => !own.has(file));
  const message = `files beside a normalised trace, which is whole without them: ${namesOf(unread)}`;
  log.add('doubt', 'file-not-read', message, unread.length);
  const trace = await readTruelineTrace(head);
  log.addAll(trace.diagnostics);
  return { ...trace, diagnostics: log.list() };
}

async function importRun(path: string, probes: readonly FileProbe[], log: DiagnosticLog): Promise<Trace> {
  const recognised = probes.filter((probe) => RECOGNISED.some(({ matches }) => matches(probe)));
  const { probes: known, files } = await sourcesOf(path, recognised, log);
  const facts = await readFacts(known, log);
  const parts = await readParts(known, facts);
  const rest = probes.filter((probe) => probe.kind !== 'timeline' && !recognised.includes(probe));
  const [firstOther, ...others] = rest.filter(isOtherFile);
  if (parts.length === 0) {
    if (known.length === 0 && firstOther !== undefined) await refuseOtherFile(firstOther);
    refuseWithoutData(path, known);
  }
  reportOtherFiles(firstOther === undefined ? [] : [firstOther, ...others], log);
  const unread = rest.filter((probe) => !isOtherFile(probe)).map(({ file }) => file);
  const message = `files in no format that Trueline reads: ${namesOf(unread)}`;
  log.add('doubt', 'file-not-read', message, unread.length);
  return joinParts(parts, facts, files, log);
}
