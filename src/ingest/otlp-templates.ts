/** Value of an attribute; OTLP writes 64-bit integers as decimal strings, so they are text here. */
export type Scalar = string | number | boolean;

const STRING = String.raw`"([^"\\\u0000-\u001f]*)"`;
const NUMBER = String.raw`(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)`;
const TRUTH = '(true|false)';

/** More attributes than any event of vLLM has, and more layouts than one name of an event has. */
const MAX_ATTRIBUTES = 64;
const MAX_TEMPLATES = 64;

const withoutGroups = (source: string): string => source.replaceAll(/\((?!\?)/gu, '(?:');
const ENTRY = String.raw`\{"key":${STRING},"value":\{"(stringValue|intValue|doubleValue|boolValue)":(?:${STRING}|${NUMBER}|${TRUTH})\}\}`;
const ENTRIES = new RegExp(ENTRY, 'gu');
const EVENT_START = '{"timeUnixNano":"';
const HEAD = String.raw`\{"timeUnixNano":"\d+","name":`;
const EVENT_NAME = new RegExp(`${HEAD}${STRING}`, 'uy');
/** An event as collectors write it: no blanks, no escapes, scalar attributes only. */
const EVENT = new RegExp(
  withoutGroups(
    String.raw`${HEAD}${STRING},"attributes":\[(?:${ENTRY}(?:,${ENTRY}){0,${MAX_ATTRIBUTES - 1}})?\]\}`,
  ),
  'uy',
);

/** Where the attributes of one layout of an event stand. */
interface Template {
  readonly pattern: RegExp;
  /** Group of the pattern that holds a key's last value. */
  readonly groups: ReadonlyMap<string, number>;
  readonly isText: readonly boolean[];
}

/** Attributes of an event that a template found, by key. */
export class FoundAttributes {
  readonly #template: Template;
  readonly #match: RegExpExecArray;

  constructor(template: Template, match: RegExpExecArray) {
    this.#template = template;
    this.#match = match;
  }

  /** The value as `JSON.parse` would have given it; texts may share the memory of the line. */
  get(key: string): Scalar | undefined {
    const group = this.#template.groups.get(key);
    if (group === undefined) return undefined;
    const text = this.#match[group] ?? '';
    if (this.#template.isText[group] === true) return text;
    return text === 'true' || text === 'false' ? text === 'true' : Number(text);
  }
}

/** An event that was cut out of a line. */
export interface CutEvent {
  readonly name: string;
  readonly attributes: FoundAttributes;
}

const literal = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}]/gu, String.raw`\$&`);

/** @param text of an event that `EVENT` matches */
function templateOf(name: string, text: string): Template {
  const groups = new Map<string, number>();
  const isText = [false];
  const entries: string[] = [];
  for (const [, key = '', kind = '', word, number] of text.matchAll(ENTRIES)) {
    groups.set(key, isText.length);
    isText.push(word !== undefined);
    const other = number === undefined ? TRUTH : NUMBER;
    const value = word === undefined ? other : STRING;
    entries.push(String.raw`\{"key":"${literal(key)}","value":\{"${kind}":${value}\}\}`);
  }
  const pattern = `${HEAD}"${literal(name)}","attributes":${String.raw`\[`}${entries.join(',')}${String.raw`\]\}`}`;
  return { pattern: new RegExp(pattern, 'uy'), groups, isText };
}

/** The match at a position. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/**
 * Reads events by their layout. A trace holds a million events in a handful of layouts: the same keys in the same order. The
 * first of each is parsed, a regular expression made of it reads the others ten times as fast as `JSON.parse` does, and what no
 * expression matches to the letter is left to `JSON.parse`.
 */
export class EventTemplates {
  readonly #byName = new Map<string, Template[]>();
  #count = 0;

  /**
   * Cuts the events out that a template matches.
   * @returns the rest of the line, in which the n-th event cut out is replaced by the number n
   */
  cut(line: string): { readonly rest: string; readonly events: readonly CutEvent[] } {
    const events: CutEvent[] = [];
    let rest = '';
    let from = 0;
    let at = line.indexOf(EVENT_START);
    while (at !== -1) {
      const name = matchAt(EVENT_NAME, line, at)?.[1];
      const found = name === undefined ? undefined : this.#find(name, line, at);
      if (name === undefined || found === undefined) {
        at = line.indexOf(EVENT_START, at + 1);
        continue;
      }
      rest += line.slice(from, at) + String(events.length);
      events.push({ name, attributes: found.attributes });
      from = at + found.length;
      at = line.indexOf(EVENT_START, from);
    }
    return { rest: rest + line.slice(from), events };
  }

  #find(
    name: string,
    line: string,
    at: number,
  ): { readonly attributes: FoundAttributes; readonly length: number } | undefined {
    const known = this.#byName.get(name) ?? [];
    for (const template of known) {
      const match = matchAt(template.pattern, line, at);
      if (match !== null)
        return { attributes: new FoundAttributes(template, match), length: match[0].length };
    }
    return this.#learn(name, line, at) ? this.#find(name, line, at) : undefined;
  }

  /** @returns false when the event has no plain layout, or too many layouts are known already */
  #learn(name: string, line: string, at: number): boolean {
    const text = this.#count < MAX_TEMPLATES ? matchAt(EVENT, line, at)?.[0] : undefined;
    if (text === undefined) return false;
    const template = templateOf(name, text);
    this.#byName.set(name, [...(this.#byName.get(name) ?? []), template]);
    this.#count += 1;
    return true;
  }
}
