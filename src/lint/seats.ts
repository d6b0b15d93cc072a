import type { TraceMeta } from '../trace/trace.js';

/** Requests that can run at once, on all data-parallel engines together; NaN when not known. */
export const seatsOf = ({ server }: TraceMeta): number =>
  (server?.maxNumSeqs ?? NaN) * (server?.dataParallelSize ?? 1);
