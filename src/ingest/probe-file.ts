import { basename } from 'node:path';
import { parseJson, parseYamlDocument } from '../text/parse-document.js';
import { readLines, readStart, readText } from './read-file.js';

/** Larger YAML files are not configuration, and `yaml` would take seconds for them. */
const MAX_YAML_CHARACTERS = 1_000_000;
const START_CHARACTERS = 1 << 16;

/** What a file looks like, by content; its name decides nothing. */
export interface FileProbe {
  readonly file: string;
  /**
   * - `json`: `value` is the whole document
   * - `json-lines`: `value` is that of the first line
   * - `yaml`: `value` is the whole document
   * - `timeline`: Trace Event Format, of a profiler or ours; for viewers, and often too large to parse
   * - `text`: anything else
   */
  readonly kind: 'json' | 'json-lines' | 'yaml' | 'timeline' | 'text';
  readonly value: unknown;
  /** The first characters of the decompressed text, byte order mark and leading white space removed. */
  readonly start: string;
}

async function firstLineOf(file: string): Promise<{ readonly text: string; readonly isOnlyLine: boolean }> {
  let first: string | undefined;
  for await (const { text } of readLines(file)) {
    if (first !== undefined) return { text: first, isOnlyLine: false };
    first = text;
  }
  return { text: first ?? '', isOnlyLine: true };
}

function tryParse(text: string, file: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseJson(text, file) };
  } catch {
    return undefined; // not one document per line; the caller reads the file whole and reports what is wrong with it
  }
}

async function probeJson(file: string, start: string): Promise<FileProbe> {
  if (/"traceEvents"\s*:\s*\[/u.test(start)) return { file, kind: 'timeline', value: undefined, start };
  const line = await firstLineOf(file);
  const first = tryParse(line.text, file);
  if (first !== undefined) {
    return { file, kind: line.isOnlyLine ? 'json' : 'json-lines', value: first.value, start };
  }
  return { file, kind: 'json', value: parseJson(await readText(file), file), start };
}

const looksLikeYaml = (start: string): boolean => /^(?:#|---|[\w.-]+:(?:\s|$))/mu.test(start.slice(0, 2000));

async function probeText(file: string, start: string): Promise<FileProbe> {
  const isYaml =
    /\.ya?ml(?:\.gz|\.zst)?$/u.test(basename(file)) ||
    (start.length < START_CHARACTERS && looksLikeYaml(start));
  if (!isYaml) return { file, kind: 'text', value: undefined, start };
  const text = await readText(file);
  if (text.length > MAX_YAML_CHARACTERS) return { file, kind: 'text', value: undefined, start };
  try {
    return { file, kind: 'yaml', value: parseYamlDocument(text, file).value, start };
  } catch (cause) {
    if (/\.ya?ml(?:\.gz|\.zst)?$/u.test(basename(file))) throw cause;
    return { file, kind: 'text', value: undefined, start };
  }
}

/**
 * Looks into a file. JSON documents are parsed here once; line formats are left to their importers to stream.
 * @throws FILE_NOT_FOUND, FILE_BAD_GZIP, FILE_TRUNCATED, FORMAT_INVALID (JSON or YAML that does not parse)
 */
export async function probeFile(file: string): Promise<FileProbe> {
  const start = (await readStart(file, START_CHARACTERS)).trimStart();
  return start.startsWith('{') || start.startsWith('[') ? probeJson(file, start) : probeText(file, start);
}
