import type { WriteStream } from 'node:tty';

/** Whether a stream takes colours: it is a terminal, and the user has not said no (https://no-color.org). */
export const showsColour = (stream: Pick<WriteStream, 'isTTY'>): boolean =>
  stream.isTTY && (process.env['NO_COLOR'] ?? '') === '';
