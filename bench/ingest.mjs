/** Speed of the OTLP importer against bare `JSON.parse`, and the memory it needs. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestPath } from '../dist/ingest/index.js';
import { inFreshProcess } from './fresh-process.mjs';
import { cpuMs, printFigures } from './measure.mjs';
import { writeTrace } from './synthetic-otlp.mjs';

const RUNS = 5;
const REQUESTS = 10_000;

function parseLines(lines) {
  let spans = 0;
  for (const line of lines) spans += JSON.parse(line).resourceSpans.length;
  return spans;
}

/** Both in turn, so that what else the machine does hits both alike; the least CPU time of each. */
async function speeds(file) {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const best = { bare: Infinity, ours: Infinity };
  for (let turn = 0; turn < RUNS; turn += 1) {
    best.bare = Math.min(best.bare, (await cpuMs(() => parseLines(lines), 1))[0]);
    best.ours = Math.min(best.ours, (await cpuMs(() => ingestPath(file), 1))[0]);
  }
  const speed = (ms) => statSync(file).size / 1e3 / ms;
  return { lines: lines.length, bare: speed(best.bare), ours: speed(best.ours) };
}

async function figuresOf(file) {
  const bytes = statSync(file).size;
  const { requests, steps, memoryMb } = inFreshProcess(
    new URL('peak-of-ingest.mjs', import.meta.url).href,
    'peakOfIngest',
    file,
  );
  const { lines, bare, ours } = await speeds(file);
  const size = `${(bytes / 1e6).toFixed(0)} MB, ${requests} requests, ${steps} steps`;
  return [
    { what: 'bare JSON.parse', value: bare, unit: 'MB/s', note: `${lines} lines in memory` },
    { what: 'ingestPath, OTLP', value: ours, unit: 'MB/s', note: size },
    { what: 'share of JSON.parse', value: (100 * ours) / bare, unit: '%', target: 70, atLeast: true },
    { what: 'peak memory', value: memoryMb, unit: 'MB', target: 300, note: 'in a process of its own' },
  ];
}

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'trueline-bench-'));
  try {
    printFigures(await figuresOf(writeTrace(folder, REQUESTS)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
