import { ArrivalSource } from './arrival-source.js';
import type { Arrivals } from './arrivals.js';
import { ClosedLoop, isClosedLoop, sendingOrderTable } from './closed-loop.js';
import type { RequestTable } from './request-table.js';

/**
 * When the clients of a load send its requests.
 * @param frontBeforeUs what lies between a client and the engine's inbox; 0 for the instants of sending themselves
 * @returns arrivals, and the table whose rows they number: of closed loops a copy that fills as requests are sent
 */
export function clientArrivals(
  requests: RequestTable,
  frontBeforeUs: number,
): { readonly table: RequestTable; readonly arrivals: Arrivals } {
  if (!isClosedLoop(requests))
    return { table: requests, arrivals: new ArrivalSource(requests, frontBeforeUs) };
  const table = sendingOrderTable(requests);
  return { table, arrivals: new ClosedLoop(requests, table, frontBeforeUs) };
}
