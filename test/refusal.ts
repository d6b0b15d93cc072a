import { TruelineError } from '../src/errors.js';

/** The error `run` refuses with; anything else it throws, or nothing, fails the test. */
export function refusal(run: () => unknown): TruelineError {
  try {
    run();
  } catch (error) {
    if (error instanceof TruelineError) return error;
    throw error;
  }
  throw new Error('expected a TruelineError, but nothing was thrown');
}

/** The same for a promise. */
export async function refusalOf(promise: Promise<unknown>): Promise<TruelineError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TruelineError) return error;
    throw error;
  }
  throw new Error('expected a TruelineError, but the promise was fulfilled');
}
