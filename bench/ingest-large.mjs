/** Memory of the OTLP importer from 100 MB to 2 GB, and of `trueline ingest` with what it writes. Named runs only: it takes minutes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inFreshProcess } from './fresh-process.mjs';
import { printFigures } from './measure.mjs';
import { writeTrace } from './synthetic-otlp.mjs';

const REQUESTS = [10_000, 50_000, 195_000];
const TARGET_MB = 300;

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const PRINT_PEAK = new URL('print-peak.mjs', import.meta.url).href;

/** Peak memory of `trueline ingest FILE --out OUT`, in MB: of the very process a user starts. */
function peakOfCommand(file, out) {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', PRINT_PEAK, MAIN, 'ingest', file, '--out', out],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`trueline ingest failed: ${stderr}`);
  return (Number(/peak (\d+) KiB/u.exec(stderr)[1]) * 1024) / 1e6;
}

/** Writes a trace; in a process of its own, so that simulating it does not count. */
export const generate = ({ folder, requests }) => writeTrace(folder, requests);

function figuresOf(requests) {
  const folder = mkdtempSync(join(tmpdir(), 'trueline-bench-'));
  try {
    const file = inFreshProcess(import.meta.url, 'generate', { folder, requests });
    const size = `${(statSync(file).size / 1e6).toFixed(0)} MB, ${requests} requests`;
    const read = inFreshProcess(new URL('peak-of-ingest.mjs', import.meta.url).href, 'peakOfIngest', file);
    const out = join(folder, 'out');
    const figure = (what, value, note) => ({ what, value, unit: 'MB', target: TARGET_MB, note });
    return [
      figure('ingestPath, peak memory', read.memoryMb, `${size}, ${read.steps} steps`),
      figure('trueline ingest, peak memory', peakOfCommand(file, out), size),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function run() {
  printFigures(REQUESTS.flatMap(figuresOf));
}
