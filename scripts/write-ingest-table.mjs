// Regenerates the tables in docs/formats.md of what is read of the public data, file by file and run by run. Needs TRUELINE_DATA;
// run after `npm run build`.
//   --check   writes nothing and fails when the tables are out of date
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { format, resolveConfig } from 'prettier';
import { TruelineError } from '../dist/errors.js';
import { findRuns, ingestPath } from '../dist/ingest/index.js';
import { lintTrace, SEVERITIES } from '../dist/lint/index.js';

const DOCUMENT = new URL('../docs/formats.md', import.meta.url).pathname;
const [BEGIN, END] = ['<!-- ingest: begin -->', '<!-- ingest: end -->'];
/** Folders of recorded runs; the others hold descriptions, of which no file is a run. */
const RUN_FOLDERS = ['per-request', 'samples', 'step-traces'];

const data = process.env.TRUELINE_DATA;
if (!data) {
  console.error('TRUELINE_DATA must name the folder of public measurements');
  process.exit(2);
}

/** What becomes of a file or a run. */
async function outcomeOf(path) {
  try {
    const trace = await ingestPath(path);
    const dropped = trace.diagnostics.filter(({ kind }) => kind === 'dropped');
    return {
      format: trace.meta.source,
      requests: trace.requests.count,
      steps: trace.steps?.count ?? 0,
      stages: trace.stages?.length ?? 0,
      dropped: dropped.reduce((sum, { count }) => sum + count, 0),
      counts: lintTrace(trace).counts,
    };
  } catch (error) {
    if (error instanceof TruelineError) return { refused: error.code };
    throw error;
  }
}

function filesIn(folder) {
  const entries = readdirSync(join(data, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const FOLDERS = readdirSync(data, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

async function outcomes(folder, paths) {
  const found = [];
  for (const path of paths.toSorted()) found.push({ folder, ...(await outcomeOf(path)) });
  return found;
}

const sum = (rows, value) => rows.reduce((total, row) => total + value(row), 0);

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const figures = (rows) => [
  sum(rows, ({ requests }) => requests),
  sum(rows, ({ steps }) => steps),
  sum(rows, ({ stages }) => stages),
  sum(rows, ({ dropped }) => dropped),
  SEVERITIES.map((severity) => sum(rows, ({ counts }) => counts[severity])).join(' / '),
];
const FIGURES = ['requests', 'steps', 'stages', 'dropped', 'errors / warnings / notes'];

/** Texts are aligned to the left, figures to the right. */
const table = (head, rows) =>
  markdownTable([head, ...rows.map((row) => row.map(String))], {
    align: head.map((_, i) =>
      rows.every((row) => typeof row[i] === 'number' || /^[\d /]+$/u.test(row[i])) ? 'r' : 'l',
    ),
  });

const perFormat = (files) =>
  table(
    ['format', 'files read', ...FIGURES],
    grouped(
      files.filter(({ refused }) => refused === undefined),
      ({ format: name }) => name,
    ).map(([name, rows]) => [name, rows.length, ...figures(rows)]),
  );

const refusals = (files) =>
  table(
    ['refused as', 'files', 'in'],
    grouped(
      files.filter(({ refused }) => refused !== undefined),
      ({ refused }) => refused,
    ).map(([code, rows]) => [
      `\`${code}\``,
      rows.length,
      grouped(rows, ({ folder }) => folder)
        .map(([folder, own]) => `${folder} ${own.length}`)
        .join(', '),
    ]),
  );

function perFolder(runs) {
  const rows = grouped(runs, ({ folder }) => folder).map(([folder, all]) => {
    const read = all.filter(({ refused }) => refused === undefined);
    const codes = all.flatMap(({ refused }) => refused ?? []).toSorted();
    return [folder, read.length, ...figures(read), codes.map((code) => `\`${code}\``).join(', ') || '–'];
  });
  return table(['runs of', 'read', ...FIGURES, 'refused'], rows);
}

const [files, runs] = [[], []];
for (const folder of FOLDERS) files.push(...(await outcomes(folder, filesIn(folder))));
for (const folder of RUN_FOLDERS)
  runs.push(...(await outcomes(folder, (await findRuns(join(data, folder))).paths)));

const block = [
  BEGIN,
  `Each of the ${files.length} files by itself. A file that only describes a run is \`TRACE_EMPTY\`, and one that lacks what lies beside it has more findings than its run:`,
  perFormat(files),
  refusals(files),
  'The same data run by run, where the files of a folder are joined:',
  perFolder(runs),
  END,
].join('\n\n');

const text = readFileSync(DOCUMENT, 'utf8');
const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
const config = await resolveConfig(DOCUMENT);
const updated = await format(text.slice(0, begin) + block + text.slice(end + END.length), {
  ...config,
  filepath: DOCUMENT,
});
if (process.argv.includes('--check')) {
  if (updated === text) process.exit(0);
  console.error('docs/formats.md is out of date: run `npm run ingest-table`');
  process.exit(1);
}
writeFileSync(DOCUMENT, updated);
