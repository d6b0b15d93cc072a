/** Synthetic OTLP traces of any size: a simulated run as vLLM's tracing would have written it. */
import { join } from 'node:path';
import { writeFileAtomic } from '../dist/cli/write-atomic.js';
import { buildRequests, simulate } from '../dist/engine/index.js';
import { renderOtlp } from '../dist/report/index.js';
import { arch, gpu, latency, server, sharedPrefix } from './load.mjs';

const RATE_PER_S = 20;

function* lines(trace) {
  for (const line of renderOtlp(trace)) yield `${line}\n`;
}

/**
 * Writes the trace of so many requests (about 10.5 kB each, steps included) and returns its path.
 * @param folder that is there
 */
export function writeTrace(folder, requestCount) {
  const requests = buildRequests(
    sharedPrefix([{ ratePerS: RATE_PER_S, durationS: requestCount / RATE_PER_S }]),
    1,
  );
  const { trace } = simulate({ arch, gpu, server, requests, latency, recordSteps: true });
  const file = join(folder, 'traces.json');
  writeFileAtomic(file, lines(trace), { force: false });
  return file;
}
