import { basisByName } from '../basis/basis-by-name.js';
import type { BasisContext, BasisSet, BasisTerm, CompiledBasis, RequestTerm } from '../basis/basis-set.js';
import { nearestName, TruelineError } from '../errors.js';
import { emptyBatch, type BatchShape } from '../trace/batch-shape.js';
import { msToUs } from '../units.js';
import type { CoefficientSet } from './coefficient-set.js';
import { correctionFor, stepCorrection } from './resolve-correction.js';
import type { LatencyModel } from './latency-model.js';
import { correctLatency } from './step-correction.js';

/**
 * Schedule, prepare and process one step on the CPU: an estimate for the host of an H100. Only synchronous scheduling,
 * the default before vLLM 0.14, shows it.
 */
const HOST_STEP_US = 750;

/** Values by term name. */
type Values = Readonly<Record<string, number>>;

/**
 * The value of a term: as given, else its mean when the prior fixes it.
 * @throws COEFFICIENTS_MISSING when a free term has no value
 */
export function termValue(term: BasisTerm, values: Values, basis: BasisSet): number {
  const value = values[term.name] ?? (term.prior.sd === 0 ? term.prior.mean : undefined);
  if (value !== undefined && Number.isFinite(value)) return value;
  throw new TruelineError(
    'COEFFICIENTS_MISSING',
    `no value for term \`${term.name}\` of basis \`${basis.name}\``,
    {
      hint: `Give it in ${term.unit}; its prior is ${term.prior.mean} ± ${term.prior.sd}.`,
    },
  );
}

/** @throws KEY_UNKNOWN when a value belongs to no term */
function refuseUnknown(basis: BasisSet, values: Values): void {
  const known = [...basis.terms, ...basis.requestTerms].map((term) => term.name);
  const unknown = Object.keys(values).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, known);
  throw new TruelineError('KEY_UNKNOWN', `unknown term \`${unknown}\` of basis \`${basis.name}\``, {
    hint: nearest === undefined ? `Known terms: ${known.join(', ')}.` : `Did you mean \`${nearest}\`?`,
  });
}

const toUs = (term: RequestTerm, value: number): number => (term.unit === 'ms' ? msToUs(value) : value);

/** Front-end delays, in µs: before the engine, after a token, and after the last token for each output token. */
function frontEnd(basis: BasisSet, values: Values) {
  let frontBeforeUs = 0;
  let frontAfterUs = 0;
  let frontAfterPerOutputTokenUs = 0;
  for (const term of basis.requestTerms) {
    const us = toUs(term, termValue(term, values, basis));
    if (term.per === 'outputToken') {
      frontAfterPerOutputTokenUs += us;
    } else {
      frontBeforeUs += us * term.beforeRatio;
      frontAfterUs += us * (1 - term.beforeRatio);
    }
  }
  return { frontBeforeUs, frontAfterUs, frontAfterPerOutputTokenUs };
}

/** Σ coefficient · term. */
function weighted(terms: Float64Array, coefficients: Float64Array): number {
  let us = 0;
  for (let i = 0; i < terms.length; i++) us += coefficients[i]! * terms[i]!;
  return us;
}

/** Prices any batch, with one buffer for all calls. */
function pricer(
  compiled: CompiledBasis,
  coefficients: Float64Array,
): (batch: Readonly<BatchShape>) => number {
  const terms = new Float64Array(coefficients.length);
  return (batch) => {
    compiled.evaluate(batch, terms);
    return weighted(terms, coefficients);
  };
}

/** Prices steps of data-parallel ranks, with one buffer for all calls; undefined when the basis does not. */
function rankPricer(
  { evaluateRank }: CompiledBasis,
  coefficients: Float64Array,
): LatencyModel['rankStepUs'] {
  if (evaluateRank === undefined) return undefined;
  const terms = new Float64Array(coefficients.length);
  return (batch, largestTokens) => {
    evaluateRank(batch, largestTokens, terms);
    return weighted(terms, coefficients);
  };
}

/** Prices decode-only batches by filling one batch for all calls. */
function decodePricer(price: (batch: Readonly<BatchShape>) => number): LatencyModel['decodeStepUs'] {
  const batch = emptyBatch();
  return (decodeRequests, contextTokens) => {
    batch.decodeRequests = decodeRequests;
    batch.decodeContextTokens = contextTokens;
    return price(batch);
  };
}

/** Far enough apart that the slope keeps its digits. */
const SLOPE_CONTEXT_TOKENS = 2 ** 20;

/** The same for an affine basis: intercept and slope over context, found once for each number of decodes. */
function affineDecodePricer(
  decode: LatencyModel['decodeStepUs'],
  maxNumSeqs: number,
): LatencyModel['decodeStepUs'] {
  const intercepts = new Float64Array(maxNumSeqs + 1).fill(NaN);
  const slopes = new Float64Array(maxNumSeqs + 1);
  return (decodeRequests, contextTokens) => {
    if (decodeRequests > maxNumSeqs) return decode(decodeRequests, contextTokens);
    let intercept = intercepts[decodeRequests]!;
    if (Number.isNaN(intercept)) {
      intercept = decode(decodeRequests, 0);
      intercepts[decodeRequests] = intercept;
      slopes[decodeRequests] =
        (decode(decodeRequests, SLOPE_CONTEXT_TOKENS) - intercept) / SLOPE_CONTEXT_TOKENS;
    }
    return intercept + slopes[decodeRequests]! * contextTokens;
  };
}

/**
 * A latency model from plain numbers.
 * @param values by term name, request terms included; terms fixed by their prior may be left out
 * @throws COEFFICIENTS_MISSING for a free term without a value, KEY_UNKNOWN for a value without a term, and whatever
 *   the basis throws for a model or GPU it cannot price
 */
export function priceWith(basis: BasisSet, values: Values, context: BasisContext): LatencyModel {
  refuseUnknown(basis, values);
  const coefficients = Float64Array.from(basis.terms, (term) => termValue(term, values, basis));
  const compiled = basis.compile(context);
  const price = pricer(compiled, coefficients);
  const decode = decodePricer(price);
  const rankStepUs = rankPricer(compiled, coefficients);
  const decodeStepUs =
    compiled.affineInDecodeContext === true ? affineDecodePricer(decode, context.server.maxNumSeqs) : decode;
  return {
    // one path for decode-only batches, so that both methods agree to the last bit
    stepUs: (batch) =>
      batch.prefillTokens === 0 && batch.newRequests === 0
        ? decodeStepUs(batch.decodeRequests, batch.decodeContextTokens)
        : price(batch),
    decodeStepUs,
    ...(rankStepUs && { rankStepUs }),
    ...frontEnd(basis, values),
    hostStepUs: HOST_STEP_US,
    ...(compiled.firstUse && { firstUse: compiled.firstUse }),
  };
}

/** Values of a set's entries, as `priceWith` takes them. */
export const entryValues = ({ entries }: Pick<CoefficientSet, 'entries'>): Values =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, entry.value]));

/** A latency model from a coefficient set, with the set's correction of what is served in `context`; see `priceWith`. */
export function latencyModel(set: CoefficientSet, context: BasisContext): LatencyModel {
  const general = priceWith(basisByName(set.basis), entryValues(set), context);
  const correction = correctionFor(set, context);
  return correction === undefined ? general : correctLatency(general, stepCorrection(correction));
}

/** Every free term of a basis at its prior mean: what is believed before any fit. */
export function priorValues(basis: BasisSet): Record<string, number> {
  const terms: readonly BasisTerm[] = [...basis.terms, ...basis.requestTerms];
  return Object.fromEntries(terms.map((term) => [term.name, term.prior.mean]));
}
