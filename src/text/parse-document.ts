import { LineCounter, parseDocument, YAMLParseError } from 'yaml';
import { TruelineError } from '../errors.js';
import { MAX_NESTING, tooDeepAt } from './json-nesting.js';

/** Keys and indices from the root of a document to a value. */
export type DocumentPath = readonly (string | number)[];

/** A parsed JSON or YAML text that still knows where its values stood. */
export interface ParsedDocument {
  readonly file: string;
  readonly value: unknown;
  /** 1-based line of a value (or of its nearest known ancestor). */
  readonly lineOf: (path: DocumentPath) => number | undefined;
}

/** `yaml` reads about 1 MB/s; positions in larger files are not worth the wait. */
const MAX_POSITION_CHARACTERS = 2_000_000;

/** Configuration is a few kilobytes, and `yaml` reads about 1 MB/s. */
const MAX_YAML_CHARACTERS = 8_000_000;
/** Configuration shares a dozen values; the time `yaml` takes for anchors grows with their square. */
const MAX_ANCHORS = 500;
const ANCHOR_OR_ALIAS = /(?:^|[\s,:[{-])[&*][^\s,[\]{}]/gmu;

/** `yaml` recurses, and V8 can abort the process on what nests thousands deep. Each level of a block takes a column or two, of blanks or of `- `. */
const MAX_BLOCK_COLUMNS = 2 * MAX_NESTING;

/** First line (from 1) that opens more levels than any configuration has. */
function lineTooDeep(text: string): number | undefined {
  let open = 0;
  for (const [i, line] of text.split('\n').entries()) {
    const [indentation = ''] = /^(?:\s|[?:-](?=\s))*/u.exec(line) ?? [];
    if (indentation.length > MAX_BLOCK_COLUMNS && line.trim() !== '') return i + 1;
    for (const [bracket] of line.matchAll(/[[\]{}]/gu)) {
      open = Math.max(0, open + (bracket === '[' || bracket === '{' ? 1 : -1));
      if (open > MAX_NESTING) return i + 1;
    }
  }
  return undefined;
}

const tooDeep = (file: string, line: number): TruelineError =>
  new TruelineError('FORMAT_INVALID', `nested more than ${MAX_NESTING} levels deep`, {
    file,
    line,
    hint: 'No file that Trueline reads nests like this; is it damaged?',
  });

/** Line (from 1) of a position. */
const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;

/** @throws FORMAT_INVALID, FILE_TOO_LARGE for what would take `yaml` minutes */
function refuseHostileYaml(text: string, file: string): void {
  if (text.length > MAX_YAML_CHARACTERS)
    throw new TruelineError('FILE_TOO_LARGE', `more than ${MAX_YAML_CHARACTERS / 1e6} MB of YAML`, {
      file,
      hint: 'Give measurements as JSON or CSV; YAML is read for configuration only.',
    });
  const line = lineTooDeep(text);
  if (line !== undefined) throw tooDeep(file, line);
  const tooMany = [...text.matchAll(ANCHOR_OR_ALIAS)][MAX_ANCHORS];
  if (tooMany !== undefined)
    throw new TruelineError('FORMAT_INVALID', `more than ${MAX_ANCHORS} YAML anchors and aliases`, {
      file,
      line: lineAt(text, tooMany.index + 1),
      hint: 'Write the values out; no configuration shares so many.',
    });
}

function yamlPositions(text: string): { value: () => unknown; lineOf: ParsedDocument['lineOf'] } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  const lineOf = (path: DocumentPath): number | undefined => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
        return lineCounter.linePos(Number(node.range[0])).line;
      }
    }
    return undefined;
  };
  return { value: () => document.toJS() as unknown, lineOf };
}

/** What a parser said, in one line: V8 and `yaml` quote the text they stopped at. */
const oneLine = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/gu, ' ').trim();

/**
 * @throws FORMAT_INVALID with the line of the first syntax error, of what nests more than 100 levels deep, or of one anchor too many;
 *   FILE_TOO_LARGE
 */
export function parseYamlDocument(text: string, file: string): ParsedDocument {
  refuseHostileYaml(text, file);
  try {
    const { value, lineOf } = yamlPositions(text);
    return { file, value: value(), lineOf };
  } catch (cause) {
    const line = cause instanceof YAMLParseError ? cause.linePos?.[0].line : undefined;
    const reason = oneLine(cause).replace(/ at line \d+, column \d+:?.*/u, '');
    const message = `not valid YAML: ${reason}`;
    throw new TruelineError('FORMAT_INVALID', message, {
      file,
      cause,
      ...(line === undefined ? {} : { line }),
    });
  }
}

const BYTE_ORDER_MARK = '\uFEFF';

/** Python's `json` writes bare NaN and Infinity, which JSON has not; as values they mean "not known". */
const NON_FINITE_VALUE = /([:[,]\s*)-?(?:NaN|Infinity)(?=\s*[,}\]])/gu;

/**
 * `JSON.parse` that accepts a byte order mark, and Python's NaN and Infinity (read as null).
 * @throws FORMAT_INVALID, also for what nests more than 100 levels deep; FILE_TRUNCATED when the text simply stops
 */
export function parseJson(withMark: string, file: string, line?: number): unknown {
  const text = withMark.startsWith(BYTE_ORDER_MARK) ? withMark.slice(1) : withMark;
  const deep = tooDeepAt(text);
  if (deep !== undefined) throw tooDeep(file, line ?? lineAt(text, deep));
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const repaired = text.replace(NON_FINITE_VALUE, '$1null');
    if (repaired !== text) return parseJson(repaired, file, line);
    throw jsonError(text, file, cause, line);
  }
}

function jsonError(text: string, file: string, cause: unknown, line: number | undefined): TruelineError {
  const message = oneLine(cause);
  const position = /position (\d+)/u.exec(message)?.[1];
  const inText = position === undefined ? undefined : lineAt(text, Number(position));
  const at = line ?? inText;
  const where = { file, cause, ...(at === undefined ? {} : { line: at }) };
  // V8 reports a text that stops as an unexpected end, or as an error at its very last character
  const stops = /end of JSON|Unterminated/u.test(message) || Number(position) >= text.trimEnd().length;
  if (stops) {
    const hint = 'Copy the file again, or remove the incomplete last line.';
    return new TruelineError('FILE_TRUNCATED', 'JSON text ends early', { ...where, hint });
  }
  return new TruelineError('FORMAT_INVALID', `not valid JSON: ${message}`, where);
}

/** Like `parseJson`, keeping positions for error messages. */
export function parseJsonDocument(text: string, file: string): ParsedDocument {
  const value = parseJson(text, file);
  const lineOf = (path: DocumentPath): number | undefined => {
    if (text.length > MAX_POSITION_CHARACTERS || lineTooDeep(text) !== undefined) return undefined;
    try {
      return yamlPositions(text).lineOf(path); // JSON is YAML; positions are needed only once something is wrong
    } catch {
      return undefined;
    }
  };
  return { file, value, lineOf };
}
