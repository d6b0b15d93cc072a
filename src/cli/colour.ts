/**
 * Whether a stream takes colours: it is a terminal, and the user has not said no (https://no-color.org).
 * @param stream of the process; `isTTY` is absent where it is a pipe or a file, whatever Node's types say
 */
export const showsColour = (stream: { readonly isTTY?: boolean }): boolean =>
  stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
