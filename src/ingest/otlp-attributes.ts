import { NS_PER_US, sToUs } from '../units.js';
import { isRecord } from '../text/object-keys.js';
import { FoundAttributes, type Scalar } from './otlp-templates.js';

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** The scalar in `{intValue: '7'}` and its likes; undefined for arrays and maps, which tracing does not write. */
function scalarOf(value: unknown): Scalar | undefined {
  if (!isRecord(value)) return undefined;
  const scalar = value['intValue'] ?? value['stringValue'] ?? value['doubleValue'] ?? value['boolValue'];
  return isScalar(scalar) ? scalar : undefined;
}

/**
 * Picks the wanted attributes out of `attributes` lists. One instance serves every event of a kind: a trace holds a
 * million of them, and an object for each one's attributes takes longer to make than the text takes to parse.
 */
export class AttributeReader<Key extends string> {
  readonly #wanted: ReadonlySet<string>;
  readonly #values = new Map<string, Scalar>();
  #found: FoundAttributes | undefined;

  constructor(keys: readonly Key[]) {
    this.#wanted = new Set(keys);
  }

  /** Takes the next list; what the one before held is forgotten. Of an attribute written twice the last value counts. */
  read(list: unknown): this {
    this.#found = list instanceof FoundAttributes ? list : undefined;
    this.#values.clear();
    if (!Array.isArray(list)) return this;
    for (const entry of list as readonly unknown[]) {
      if (!isRecord(entry)) continue;
      const key = entry['key'];
      if (typeof key !== 'string' || !this.#wanted.has(key)) continue;
      const scalar = scalarOf(entry['value']);
      if (scalar !== undefined) this.#values.set(key, scalar);
    }
    return this;
  }

  #scalar(key: Key): Scalar | undefined {
    return this.#found === undefined ? this.#values.get(key) : this.#found.get(key);
  }

  /** A number ≥ 0; undefined when it is missing, negative or not a number. */
  amount(key: Key): number | undefined {
    const scalar = this.#scalar(key);
    if (scalar === undefined || scalar === '' || typeof scalar === 'boolean') return undefined;
    const value = Number(scalar);
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  }

  /** A whole number that an integer column can hold. */
  count(key: Key): number | undefined {
    const value = this.amount(key);
    return value !== undefined && Number.isInteger(value) && value <= LARGEST_INT32 ? value : undefined;
  }

  /** A text. */
  word(key: Key): string | undefined {
    const scalar = this.#scalar(key);
    if (typeof scalar !== 'string') return undefined;
    // what is kept of a line must not keep the line
    return this.#found === undefined ? scalar : Buffer.from(scalar).toString();
  }

  /** Nanoseconds as text, in µs: split before converting, since nanoseconds since boot outgrow 2^53 in 104 days. */
  nanosecondsInUs(key: Key): number | undefined {
    const scalar = this.#scalar(key);
    if (typeof scalar === 'number')
      return Number.isFinite(scalar) && scalar >= 0 ? scalar / NS_PER_US : undefined;
    if (typeof scalar !== 'string' || !/^\d{1,20}$/u.test(scalar)) return undefined;
    const wholeUs = scalar.slice(0, -3);
    return Number(wholeUs === '' ? '0' : wholeUs) + Number(scalar.slice(-3)) / NS_PER_US;
  }

  /** Seconds as a double, in µs. */
  secondsInUs(key: Key): number | undefined {
    const seconds = this.amount(key);
    return seconds === undefined ? undefined : sToUs(seconds);
  }
}

const LARGEST_INT32 = 2 ** 31 - 1;
