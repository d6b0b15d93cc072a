import { isRecord } from '../text/object-keys.js';
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

function spanOf(span: Readonly<Record<string, unknown>>): OtlpSpan {
  return {
    name: asString(span['name']) ?? '',
    traceId: asString(span['traceId']) ?? '',
    spanId: asString(span['spanId']) ?? '',
    parentSpanId: asString(span['parentSpanId']) ?? '',
    attributes: span['attributes'],
    events: items(span['events']).map(eventOf),
    droppedEvents: counter(span['droppedEventsCount']),
  };
}

const membersOf = (value: unknown, key: string): readonly unknown[] =>
  isRecord(value) ? items(value[key]) : [];

/**
 * Visits the spans of one line of an OTLP JSON file (one `ExportTraceServiceRequest`).
 * @returns false when the line is no such request
 */
export function visitSpans(line: unknown, visit: (span: OtlpSpan) => void): boolean {
  if (!isRecord(line) || !Array.isArray(line['resourceSpans'])) return false;
  for (const resource of membersOf(line, 'resourceSpans')) {
    for (const scope of membersOf(resource, 'scopeSpans')) {
      for (const span of membersOf(scope, 'spans')) if (isRecord(span)) visit(spanOf(span));
    }
  }
  return true;
}
