import { NS_PER_US, usToS } from '../../units.js';

/** One attribute in OTLP's JSON mapping: integers are decimal strings there. */
export interface Attribute {
  readonly key: string;
  readonly value:
    { readonly stringValue: string } | { readonly intValue: string } | { readonly doubleValue: number };
}

export interface SpanEvent {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly flags: number;
  readonly name: string;
  /** 1 internal, 2 server. */
  readonly kind: 1 | 2;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events: readonly SpanEvent[];
  readonly status: Readonly<Record<string, never>>;
}

/** "context-is-remote is known" of the W3C trace flags, as the OpenTelemetry SDK of vLLM sets it. */
export const SPAN_FLAGS = 256;

export const text = (key: string, value: string): Attribute => ({ key, value: { stringValue: value } });
export const integer = (key: string, value: number): Attribute => ({
  key,
  value: { intValue: value.toFixed(0) },
});
export const double = (key: string, value: number): Attribute => ({ key, value: { doubleValue: value } });

/** An instant in µs as whole nanoseconds in decimal; exact up to 104 days of simulated time. */
export const nanos = (us: number): string => (us * NS_PER_US).toFixed(0);

/** An instant in µs as seconds with the resolution of a nanosecond. */
export const seconds = (us: number): number => Number(usToS(us).toFixed(9));

/** Identifiers that differ by kind of span and number, the same in every run. */
export const hexId = (digits: 16 | 32, kind: number, index: number): string =>
  `${kind.toString(16)}${(index + 1).toString(16).padStart(digits - 1, '0')}`;

/** One export batch: a line of the file. */
export const exportLine = (scope: string, spans: readonly Span[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'trueline-simulated-vllm')] },
        scopeSpans: [{ scope: { name: scope }, spans }],
      },
    ],
  });
