import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { JourneyTable, spanKey } from './journey-table.js';
import { AttributeReader } from './otlp-attributes.js';
import { arrivalOf, journeyOf } from './otlp-journeys.js';
import type { OtlpSpan } from './otlp-json.js';
import { recordedStep, StepRecorder } from './otlp-steps.js';
import { chunkKey, type Snapshots } from './prefill-chunks.js';

const SNAPSHOT = new AttributeReader([
  'request.id',
  'step.id',
  'request.phase',
  'request.scheduled_tokens_this_step',
  'request.num_prompt_tokens',
  'request.effective_prompt_len',
]);

/** Gathers steps, journeys and API calls from spans as they stream by; keeps nothing else. */
export class OtlpCollector {
  readonly steps = new StepRecorder();
  readonly journeys = new JourneyTable();
  readonly #scheduledTokens = new Map<string, number>();
  readonly #cachedTokens = new Map<string, number>();
  readonly #log: DiagnosticLog;
  #firstStepAtUs = Infinity;

  constructor(log: DiagnosticLog) {
    this.#log = log;
  }

  get snapshots(): Snapshots {
    return { scheduledTokens: this.#scheduledTokens, cachedTokens: this.#cachedTokens };
  }

  /** Instant of the first recorded event, which becomes 0. */
  get originUs(): number {
    const firstAtUs = Math.min(this.#firstStepAtUs, this.journeys.firstAtUs);
    return Number.isFinite(firstAtUs) ? firstAtUs : 0;
  }

  /**
   * Takes one export batch.
   * @param spans undefined when it is none
   * @param line of the file, for error messages
   */
  addLine(spans: readonly OtlpSpan[] | undefined, line: number): void {
    if (spans === undefined) this.#log.add('dropped', 'otlp-line-strange', 'lines that are no OTLP export');
    for (const span of spans ?? []) this.#add(span, line);
  }

  #add(span: OtlpSpan, line: number): void {
    const lost = span.droppedEvents;
    if (lost > 0)
      this.#log.add('dropped', 'otlp-events-lost', 'events the exporter dropped before writing', lost);
    for (const { name, attributes } of span.events) {
      if (name === 'step.BATCH_SUMMARY') this.#addStep(attributes, line);
      else if (name === 'step.REQUEST_SNAPSHOT') this.#addSnapshot(attributes);
    }
    if (span.name === 'llm_core') this.#addJourney(span);
    else if (span.name === 'llm_request')
      this.journeys.addCall(spanKey(span.traceId, span.spanId), arrivalOf(span) ?? Number.NaN);
  }

  #addStep(attributes: unknown, line: number): void {
    const step = recordedStep(attributes, line);
    if (step === undefined) {
      this.#log.add('dropped', 'step-incomplete', 'step events with a figure missing or impossible');
      return;
    }
    this.#firstStepAtUs = Math.min(this.#firstStepAtUs, step.scheduledAtUs);
    this.steps.add(step);
  }

  #addSnapshot(attributes: unknown): void {
    SNAPSHOT.read(attributes);
    const id = SNAPSHOT.word('request.id');
    const step = SNAPSHOT.count('step.id');
    const scheduled = SNAPSHOT.count('request.scheduled_tokens_this_step');
    const prompt = SNAPSHOT.count('request.num_prompt_tokens');
    const effective = SNAPSHOT.count('request.effective_prompt_len');
    if (id === undefined || step === undefined) {
      this.#log.add('dropped', 'snapshot-incomplete', 'request snapshots without request or step');
      return;
    }
    // a decode of one token says nothing that its journey does not
    const mayBePrefill = SNAPSHOT.word('request.phase') !== 'DECODE' || (scheduled ?? 0) > 1;
    if (scheduled !== undefined && mayBePrefill) this.#scheduledTokens.set(chunkKey(step, id), scheduled);
    if (prompt !== undefined && effective !== undefined && effective <= prompt)
      this.#cachedTokens.set(id, prompt - effective);
  }

  #addJourney(span: OtlpSpan): void {
    const journey = journeyOf(span);
    if (journey === undefined)
      this.#log.add('dropped', 'journey-incomplete', 'request journeys without usable events');
    else if (!this.journeys.add(journey, spanKey(span.traceId, span.parentSpanId)))
      this.#log.add('dropped', 'journey-duplicate', 'request journeys recorded twice');
  }
}
