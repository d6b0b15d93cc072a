import { TruelineError } from '../errors.js';
import type { RequestTable } from './request-table.js';

/**
 * Refuses closed loops that could never be sent, or conversations whose context does not grow.
 * @throws WORKLOAD_INVALID naming the first bad row
 */
export function validateClosedLoop(table: RequestTable): void {
  const { users, follows, stageGapUs, count } = table;
  if (users !== undefined && (!Number.isInteger(users) || users < 1))
    throw invalid(`users is ${users}`, 'Use a whole number of at least 1.');
  if (stageGapUs !== undefined)
    throw invalid('stageGapUs is set, and rows wait for responses', 'Leave out stageGapUs.');
  if (follows === undefined) return;
  const followed = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const before = follows[row]!;
    if (before === -1) continue;
    if (!(before >= 0 && before < row))
      throw invalid(`request ${row} follows ${before}`, 'Let it follow an earlier request, or −1.');
    if (followed[before] === 1)
      throw invalid(`two requests follow request ${before}`, 'Let at most one request follow another.');
    followed[before] = 1;
    checkGrowth(table, before, row);
  }
}

function checkGrowth(
  { promptId, promptTokens, outputTokens }: RequestTable,
  before: number,
  row: number,
): void {
  const known = promptTokens[before]! + outputTokens[before]!;
  if (promptId[before] !== promptId[row] || promptTokens[row]! >= known) return;
  throw invalid(
    `request ${row} has ${promptTokens[row]} promptTokens, the conversation before it ${known}`,
    'Let its prompt hold the prompt and output before it, or give it another promptId.',
  );
}

const invalid = (found: string, hint: string): TruelineError =>
  new TruelineError('WORKLOAD_INVALID', found, { hint });
