import type { DroppedRows } from '../../fit/kernels/kernel-fit-result.js';
import { list, paragraph, type Block } from '../document.js';

/** What became of a family's rows: how many were used, and every reason to leave one out with its count. */
export function rowAccount(used: string, dropped: readonly DroppedRows[]): Block[] {
  if (dropped.length === 0) return [paragraph(`${used}; none left out.`)];
  const total = dropped.reduce((sum, { count }) => sum + count, 0);
  return [
    paragraph(`${used}; ${total} left out:`),
    list(
      dropped.map(({ count, reason }) => `${count}: ${reason}`),
      'note',
    ),
  ];
}
