/** Memory of the OTLP importer from 100 MB to 2 GB, and of `trueline ingest` with what it writes. Named runs only: it takes minutes. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingest } from '../dist/cli/commands/ingest.js';
import { inFreshProcess } from './fresh-process.mjs';
import { peakMb, printFigures } from './measure.mjs';
import { writeTrace } from './synthetic-otlp.mjs';

const REQUESTS = [10_000, 50_000, 195_000];
const TARGET_MB = 300;

/** Peak memory of `trueline ingest FILE --out OUT`. */
export async function peakOfCommand({ file, out }) {
  await ingest(file, { out });
  return { memoryMb: peakMb() };
}

/** Writes a trace; in a process of its own, so that simulating it does not count. */
export const generate = ({ folder, requests }) => writeTrace(folder, requests);

function figuresOf(requests) {
  const folder = mkdtempSync(join(tmpdir(), 'trueline-bench-'));
  try {
    const file = inFreshProcess(import.meta.url, 'generate', { folder, requests });
    const size = `${(statSync(file).size / 1e6).toFixed(0)} MB, ${requests} requests`;
    const read = inFreshProcess(new URL('ingest.mjs', import.meta.url).href, 'peakOfIngest', file);
    const out = join(folder, 'out');
    const written = inFreshProcess(import.meta.url, 'peakOfCommand', { file, out });
    const figure = (what, value, note) => ({ what, value, unit: 'MB', target: TARGET_MB, note });
    return [
      figure('ingestPath, peak memory', read.memoryMb, `${size}, ${read.steps} steps`),
      figure('trueline ingest, peak memory', written.memoryMb, size),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function run() {
  printFigures(REQUESTS.flatMap(figuresOf));
}
