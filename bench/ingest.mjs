/** Speed of the OTLP importer against bare `JSON.parse`, and the memory it needs. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFolderAtomic } from '../dist/cli/write-atomic.js';
import { buildRequests, simulate } from '../dist/engine/index.js';
import { ingestPath } from '../dist/ingest/index.js';
import { renderOtlp } from '../dist/report/index.js';
import { inFreshProcess } from './fresh-process.mjs';
import { arch, gpu, latency, server, sharedPrefix } from './load.mjs';
import { cpuMs, peakMb, printFigures } from './measure.mjs';

const RUNS = 3;

function* traceLines() {
  const requests = buildRequests(sharedPrefix([{ ratePerS: 20, durationS: 1000 }]), 1);
  const { trace } = simulate({ arch, gpu, server, requests, latency, recordSteps: true });
  for (const line of renderOtlp(trace)) yield `${line}\n`;
}

/** Peak memory of a process that does nothing but read the file. */
export async function peakOfIngest(file) {
  const { requests, steps } = await ingestPath(file);
  return { requests: requests.count, steps: steps.count, memoryMb: peakMb() };
}

function parseLines(lines) {
  let spans = 0;
  for (const line of lines) spans += JSON.parse(line).resourceSpans.length;
  return spans;
}

async function figuresOf(file) {
  const bytes = statSync(file).size;
  const { requests, steps, memoryMb } = inFreshProcess(import.meta.url, 'peakOfIngest', file);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const speed = (ms) => bytes / 1e3 / ms;
  const bare = speed((await cpuMs(() => parseLines(lines), RUNS))[0]);
  const ours = speed((await cpuMs(() => ingestPath(file), RUNS))[0]);
  const size = `${(bytes / 1e6).toFixed(0)} MB, ${requests} requests, ${steps} steps`;
  return [
    { what: 'bare JSON.parse', value: bare, unit: 'MB/s', note: `${lines.length} lines in memory` },
    { what: 'ingestPath, OTLP', value: ours, unit: 'MB/s', note: size },
    { what: 'share of JSON.parse', value: (100 * ours) / bare, unit: '%', target: 70, atLeast: true },
    {
      what: 'peak memory',
      value: memoryMb,
      unit: 'MB',
      note: `in a process of its own; ${((1e6 * memoryMb) / bytes).toFixed(2)} × the file`,
    },
  ];
}

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'trueline-bench-'));
  try {
    const traces = join(folder, 'traces');
    writeFolderAtomic(traces, { 'traces.json': traceLines() }, { force: false });
    printFigures(await figuresOf(join(traces, 'traces.json')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
