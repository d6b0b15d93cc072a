import type { RequestTable } from './request-table.js';

/** Output tokens after which a request ends by itself. */
export const lastToken = ({ outputTokens, stopAfterTokens }: RequestTable, row: number): number =>
  stopAfterTokens === undefined ? outputTokens[row]! : stopAfterTokens[row]!;

/** Whether the scheduler cannot know the request's end before it has its last token. */
export const stopsUnforeseen = ({ outputTokens, stopAfterTokens }: RequestTable, row: number): boolean =>
  stopAfterTokens !== undefined && stopAfterTokens[row]! < outputTokens[row]!;

/** Output tokens of every request that ran to its end; the table's own column where nothing ends early. */
export const generatedTokens = ({ outputTokens, stopAfterTokens }: RequestTable): Int32Array =>
  stopAfterTokens ?? outputTokens;
