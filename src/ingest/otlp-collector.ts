import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import { apiCallOf, journeyOf, type ApiCall, type Journey } from './otlp-journeys.js';
import { count, word, type Attributes, type OtlpSpan } from './otlp-json.js';
import { recordedStep, type RecordedStep } from './otlp-steps.js';
import { chunkKey, type Snapshots } from './prefill-chunks.js';

/** Gathers steps, journeys and API calls from spans as they stream by; keeps nothing else. */
export class OtlpCollector {
  readonly steps: RecordedStep[] = [];
  readonly journeys: Journey[] = [];
  readonly calls = new Map<string, ApiCall>();
  readonly #scheduledTokens = new Map<string, number>();
  readonly #cachedTokens = new Map<string, number>();
  readonly #log: DiagnosticLog;

  constructor(log: DiagnosticLog) {
    this.#log = log;
  }

  get snapshots(): Snapshots {
    return { scheduledTokens: this.#scheduledTokens, cachedTokens: this.#cachedTokens };
  }

  /** @param line of the file, for error messages */
  add(span: OtlpSpan, line: number): void {
    if (span.droppedEvents > 0) {
      this.#log.add(
        'dropped',
        'otlp-events-lost',
        'events the exporter dropped before writing',
        span.droppedEvents,
      );
    }
    for (const { name, attributes } of span.events) {
      if (name === 'step.BATCH_SUMMARY') this.#addStep(attributes, line);
      else if (name === 'step.REQUEST_SNAPSHOT') this.#addSnapshot(attributes);
    }
    if (span.name === 'llm_core') this.#addJourney(span);
    else if (span.name === 'llm_request') this.#addCall(span);
  }

  #addStep(attributes: Attributes, line: number): void {
    const step = recordedStep(attributes, line);
    if (step === undefined)
      this.#log.add('dropped', 'step-incomplete', 'step events with a figure missing or impossible');
    else this.steps.push(step);
  }

  #addSnapshot(attributes: Attributes): void {
    const id = word(attributes, 'request.id');
    const step = count(attributes, 'step.id');
    const scheduled = count(attributes, 'request.scheduled_tokens_this_step');
    const prompt = count(attributes, 'request.num_prompt_tokens');
    const effective = count(attributes, 'request.effective_prompt_len');
    if (id === undefined || step === undefined) return;
    if (scheduled !== undefined) this.#scheduledTokens.set(chunkKey(step, id), scheduled);
    if (prompt !== undefined && effective !== undefined) this.#cachedTokens.set(id, prompt - effective);
  }

  #addJourney(span: OtlpSpan): void {
    const journey = journeyOf(span);
    if (journey === undefined)
      this.#log.add('dropped', 'journey-incomplete', 'request journeys without usable events');
    else this.journeys.push(journey);
  }

  #addCall(span: OtlpSpan): void {
    const call = apiCallOf(span);
    this.calls.set(call.key, call);
  }
}
