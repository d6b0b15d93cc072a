import { ingestPath } from '../ingest/index.js';
import type { Trace } from '../trace/trace.js';
import { startReadProgress } from './progress.js';
import { collectGarbage, spareMemory } from './spare-memory.js';

/** Reads a measurement, with a progress bar where that takes a while. @throws any code of `ingestPath` */
export async function readTrace(path: string): Promise<Trace> {
  const progress = await startReadProgress();
  let size = 0;
  try {
    return await ingestPath(path, (readBytes, totalBytes) => {
      progress.update(readBytes, totalBytes);
      if (size !== totalBytes) spareMemory(totalBytes);
      size = totalBytes;
    });
  } finally {
    progress.stop();
    collectGarbage(size);
  }
}
