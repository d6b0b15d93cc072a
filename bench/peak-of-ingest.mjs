/** What the peak memory of reading is measured in: nothing else is loaded here. */
import { ingestPath } from '../dist/ingest/index.js';

/** Reads a file; its rows, and the peak memory of the process in MB. */
export async function peakOfIngest(file) {
  const { requests, steps } = await ingestPath(file);
  return {
    requests: requests.count,
    steps: steps.count,
    memoryMb: (process.resourceUsage().maxRSS * 1024) / 1e6,
  };
}
