import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { TruelineError } from '../../src/errors.js';
import type { ErrorCode } from '../../src/errors.js';
import type { Trace } from '../../src/trace/trace.js';

/** Path of a file under `test/fixtures/ingest`. */
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/ingest/${name}`, import.meta.url));

/** The error an action ends in; anything but a TruelineError fails the test. */
async function refusal(action: () => unknown): Promise<TruelineError> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(TruelineError);
    if (error instanceof TruelineError) return error;
  }
  throw new Error('expected a refusal');
}

/** Asserts the code an action is refused with, and returns the error for closer looks. */
export async function expectRefusal(code: ErrorCode, action: () => unknown): Promise<TruelineError> {
  const error = await refusal(action);
  expect(error.code).toBe(code);
  return error;
}

/** Count of a diagnostic; 0 when it is not there. */
export const diagnosed = (trace: Pick<Trace, 'diagnostics'>, code: string): number =>
  trace.diagnostics.find((diagnostic) => diagnostic.code === code)?.count ?? 0;
