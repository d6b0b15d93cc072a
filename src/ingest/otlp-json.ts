import { NS_PER_US, sToUs } from '../units.js';
import { isRecord } from '../text/object-keys.js';
import { asNumber, asString, items, member } from './value-guards.js';

/** Attributes of a span or event by key; OTLP writes 64-bit integers as decimal strings, so they stay text here. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A span with its place in the tree. */
export interface OtlpSpan {
  readonly scope: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly droppedEvents: number;
}

function attributesOf(list: unknown): Attributes {
  const attributes: Record<string, string | number | boolean> = {};
  for (const entry of items(list)) {
    const key = asString(member(entry, 'key'));
    const value = member(entry, 'value');
    if (key === undefined || !isRecord(value)) continue;
    const [scalar] = Object.values(value);
    if (typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean')
      attributes[key] = scalar;
  }
  return attributes;
}

/** Spans of one line of an OTLP JSON file (one `ExportTraceServiceRequest`). */
export function* spansOf(line: unknown): Generator<OtlpSpan> {
  for (const resource of items(member(line, 'resourceSpans'))) {
    for (const scope of items(member(resource, 'scopeSpans'))) {
      const scopeName = asString(member(member(scope, 'scope'), 'name')) ?? '';
      for (const span of items(member(scope, 'spans'))) {
        yield {
          scope: scopeName,
          name: asString(member(span, 'name')) ?? '',
          traceId: asString(member(span, 'traceId')) ?? '',
          spanId: asString(member(span, 'spanId')) ?? '',
          parentSpanId: asString(member(span, 'parentSpanId')) ?? '',
          attributes: attributesOf(member(span, 'attributes')),
          events: items(member(span, 'events')).map((event) => ({
            name: asString(member(event, 'name')) ?? '',
            attributes: attributesOf(member(event, 'attributes')),
          })),
          droppedEvents: asNumber(member(span, 'droppedEventsCount')) ?? 0,
        };
      }
    }
  }
}

/** A numeric attribute ≥ 0; undefined when it is missing, negative or not a number. */
export function count(attributes: Attributes, key: string): number | undefined {
  const value = Number(attributes[key] ?? Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** A text attribute. */
export const word = (attributes: Attributes, key: string): string | undefined => asString(attributes[key]);

/** Nanoseconds written as text, in µs: split before converting, since nanoseconds since boot outgrow 2^53 in 104 days. */
export function nsTextToUs(attributes: Attributes, key: string): number | undefined {
  const value = attributes[key];
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value / NS_PER_US : undefined;
  if (typeof value !== 'string' || !/^\d+$/u.test(value)) return undefined;
  const wholeUs = value.slice(0, -3);
  return Number(wholeUs === '' ? '0' : wholeUs) + Number(value.slice(-3)) / NS_PER_US;
}

/** Seconds as a double, in µs. */
export function secondsToUs(attributes: Attributes, key: string): number | undefined {
  const seconds = count(attributes, key);
  return seconds === undefined ? undefined : sToUs(seconds);
}
