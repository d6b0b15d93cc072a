import { stripVTControlCharacters } from 'node:util';

/**
 * Text from outside (model names, titles, messages) as one line that a terminal shows as it is: line breaks and other
 * white space become spaces, terminal sequences vanish, and other control or invisible formatting characters (which
 * could reorder text) become `?`.
 */
export const printable = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
