import { EXIT } from './exit-code.js';

/** Whether the user wants to stop. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Lets the next Ctrl-C end the process as usual. */
  stopListening(): void;
}

/**
 * The first Ctrl-C asks the work to come to an end with what it has; a second one leaves at once, which leaves nothing
 * half-written since results are written as a whole.
 */
export function listenForInterrupt(): Interruption {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: stop.signal,
    stopListening: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
