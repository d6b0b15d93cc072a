import { isRecord } from '../text/object-keys.js';
import { parseJson } from '../text/parse-document.js';
import type { CutEvent, EventTemplates } from './otlp-templates.js';
import type { TextLine } from './split-lines.js';
import { asString, items } from './value-guards.js';

/** A span as it stands in the file; attributes and events are not looked into yet. */
export interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: unknown;
  readonly events: readonly OtlpEvent[];
  readonly droppedEvents: number;
}

/** A timed event of a span. */
interface OtlpEvent {
  readonly name: string;
  readonly attributes: unknown;
}

const eventOf = (event: unknown): OtlpEvent =>
  isRecord(event)
    ? { name: asString(event['name']) ?? '', attributes: event['attributes'] }
    : { name: '', attributes: undefined };

/** Protobuf's JSON mapping writes small counters as numbers; some exporters write them as text. */
function counter(value: unknown): number {
  const count = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0;
  return Number.isFinite(count) && count > 0 ? count : 0;
}

function spanOf(span: Readonly<Record<string, unknown>>, readEvent: (event: unknown) => OtlpEvent): OtlpSpan {
  return {
    name: asString(span['name']) ?? '',
    traceId: asString(span['traceId']) ?? '',
    spanId: asString(span['spanId']) ?? '',
    parentSpanId: asString(span['parentSpanId']) ?? '',
    attributes: span['attributes'],
    events: items(span['events']).map(readEvent),
    droppedEvents: counter(span['droppedEventsCount']),
  };
}

const membersOf = (value: unknown, key: string): readonly unknown[] =>
  isRecord(value) ? items(value[key]) : [];

function readSpans(batch: unknown, readEvent: (event: unknown) => OtlpEvent): OtlpSpan[] | undefined {
  if (!isRecord(batch) || !Array.isArray(batch['resourceSpans'])) return undefined;
  return membersOf(batch, 'resourceSpans')
    .flatMap((resource) => membersOf(resource, 'scopeSpans'))
    .flatMap((scope) => membersOf(scope, 'spans'))
    .flatMap((span) => (isRecord(span) ? spanOf(span, readEvent) : []));
}

/** The spans of an export batch (one `ExportTraceServiceRequest`); undefined when it is none. */
export const spansOf = (batch: unknown): readonly OtlpSpan[] | undefined => readSpans(batch, eventOf);

/** The spans of a line from which events were cut; undefined when not every event finds its place again. */
function spansAround(rest: string, cut: readonly CutEvent[]): readonly OtlpSpan[] | undefined {
  let [placed, numbers] = [0, 0];
  try {
    const spans = readSpans(parseJson(rest, '', 1), (event) => {
      if (typeof event === 'number') numbers += 1;
      const found = event === placed ? cut[placed] : undefined;
      if (found === undefined) return eventOf(event);
      placed += 1;
      return found;
    });
    return placed === cut.length && numbers === placed ? spans : undefined;
  } catch {
    return undefined; // what is wrong with the line is said about the whole of it
  }
}

/**
 * The spans of a line of an OTLP JSON file, as `spansOf` would find them in the parsed line, several times as fast.
 * @param templates layouts of events, which grow with what is read
 * @throws FORMAT_INVALID, FILE_TRUNCATED
 */
export function spansOfLine(
  { text, number }: TextLine,
  file: string,
  templates: Pick<EventTemplates, 'cut'>,
): readonly OtlpSpan[] | undefined {
  const { rest, events } = templates.cut(text);
  const spans = events.length === 0 ? undefined : spansAround(rest, events);
  return spans ?? spansOf(parseJson(text, file, number));
}
