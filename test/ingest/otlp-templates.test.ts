import { describe, expect, it } from 'vitest';
import { AttributeReader } from '../../src/ingest/otlp-attributes.js';
import { spansOf, spansOfLine, type OtlpSpan } from '../../src/ingest/otlp-json.js';
import { EventTemplates } from '../../src/ingest/otlp-templates.js';
import { randomStream } from '../../src/random.js';
import { FUZZ_INPUTS } from './fuzz-inputs.js';
import { mutated } from './mutations.js';

const LINES = FUZZ_INPUTS['otlp']!.split('\n');
const KEYS = [...new Set([...FUZZ_INPUTS['otlp']!.matchAll(/"key":"([^"]+)"/gu)].map(([, key]) => key!))];

/** Everything that can be asked of attributes. */
function asked(attributes: unknown): unknown[] {
  const reader = new AttributeReader(KEYS).read(attributes);
  return KEYS.map((key) => [
    reader.word(key),
    reader.amount(key),
    reader.count(key),
    reader.nanosecondsInUs(key),
    reader.secondsInUs(key),
  ]);
}

const seen = (spans: readonly OtlpSpan[] | undefined): unknown =>
  spans?.map(({ events, attributes, ...span }) => ({
    ...span,
    attributes: asked(attributes),
    events: events.map((event) => [event.name, asked(event.attributes)]),
  }));

/** What `read` returns, or that it throws. */
function outcome(read: () => readonly OtlpSpan[] | undefined): unknown {
  try {
    return seen(read());
  } catch {
    return 'refused';
  }
}

const event = (attributes: string): string => `{"timeUnixNano":"1","name":"e","attributes":[${attributes}]}`;
const line = (events: string): string =>
  `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"s","events":[${events}]}]}]}]}`;

describe('events read by their layout', () => {
  it('are what JSON.parse finds, however the line is damaged', () => {
    const templates = new EventTemplates();
    let cut = 0;
    for (let number = 0; number < 3000; number += 1) {
      const random = randomStream(1, `templates/${number}`);
      const text = mutated(LINES[number % LINES.length]!, random).replaceAll('\n', ' ');
      cut += templates.cut(text).events.length;
      const fast = outcome(() => spansOfLine({ text, number: 1 }, 'f', templates));
      // Python's NaN is no JSON: both ways leave it to the same repair
      const slow = outcome(() =>
        spansOfLine({ text, number: 1 }, 'f', { cut: () => ({ rest: text, events: [] }) }),
      );
      expect(fast, text).toEqual(slow);
    }
    expect(cut).toBeGreaterThan(3000);
  });

  it('are all cut out of a line as collectors write it, once their layout was seen', () => {
    const templates = new EventTemplates();
    for (const text of LINES) {
      const { rest, events } = templates.cut(text);
      const parsed = spansOf(JSON.parse(text));
      expect(events.map(({ name }) => name)).toEqual(
        parsed!.flatMap((span) => span.events.map(({ name }) => name)),
      );
      expect(rest).not.toContain('timeUnixNano":"175');
    }
  });

  const STEP = '{"key":"step.id","value":{"intValue":"7"}}';

  it.each([
    ['no attributes', event('')],
    ['a key twice', event(`${STEP},{"key":"step.id","value":{"intValue":"8"}}`)],
    [
      'every kind of value',
      event(`${STEP},{"key":"a","value":{"doubleValue":-1.5e-3}},{"key":"b","value":{"boolValue":true}}`),
    ],
    ['a text where a number stood', `${event(STEP)},${event('{"key":"step.id","value":{"intValue":7}}')}`],
    ['signs of regular expressions', event('{"key":"a.b*(c)[d]{2}^$|?+/-","value":{"stringValue":"(x)"}}')],
    ['letters beyond ASCII', event('{"key":"step.id","value":{"stringValue":"é\u{1F600}\u2028"}}')],
    ['a hundred attributes', event(Array.from({ length: 100 }, () => STEP).join(','))],
    ['numbers in place of events', `0,${event(STEP)},1,2`],
    ['an event where none belongs', `${event(STEP)}],"links":[${event(STEP)}`],
    ['a comma too many', `${event(STEP)},`],
    ['a number that is none', event('{"key":"step.id","value":{"doubleValue":01}}')],
    ['a control character', event('{"key":"step.id","value":{"stringValue":"\u0001"}}')],
  ])('with %s', (_what, events) => {
    const [text, templates] = [line(events), new EventTemplates()];
    const slow = outcome(() => spansOf(JSON.parse(text)));
    expect(outcome(() => spansOfLine({ text, number: 1 }, 'f', templates))).toEqual(slow);
    expect(outcome(() => spansOfLine({ text, number: 1 }, 'f', templates))).toEqual(slow);
  });

  it('learn no more layouts than a trace can have', () => {
    const templates = new EventTemplates();
    const counts = Array.from(
      { length: 200 },
      (_, i) => templates.cut(event(`{"key":"k${i}","value":{"intValue":"1"}}`)).events.length,
    );
    expect(counts.reduce((sum, count) => sum + count)).toBe(64);
  });
});
