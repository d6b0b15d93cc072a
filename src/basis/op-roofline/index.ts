/**
 * Our basis: one term per operator, priced from kernel sweeps, plus framework costs. Read `op-term.ts` first, then one
 * file per term in the order of `TERMS`.
 */
import { TruelineError } from '../../errors.js';
import { batchRequests, batchTokens, type BatchShape } from '../../trace/batch-shape.js';
import type { BasisContext, BasisSet, RequestTerm } from '../basis-set.js';
import { checkBatch } from '../check-batch.js';
import { allReduce } from './all-reduce.js';
import { attention } from './attention.js';
import { elementwise } from './elementwise.js';
import { frameworkTerms } from './framework.js';
import { gemm } from './gemm.js';
import { moe } from './moe.js';
import { moeFirstUse } from './moe-first-use.js';
import type { OpContext, OpTerm, TermParts } from './op-term.js';
import { prefillAttention } from './prefill-attention.js';
import { sampler } from './sampler.js';
import { tabulate, type Column } from './tabulate.js';

const TERMS: readonly OpTerm[] = [
  gemm,
  attention,
  prefillAttention,
  allReduce,
  moe,
  elementwise,
  sampler,
  ...frameworkTerms,
];

/** HTTP, tokenising and IPC before the step; IPC, detokenising and HTTP after it. */
const frontEnd: RequestTerm = {
  name: 'frontEnd',
  unit: 'ms',
  formula: '1 per request',
  source: 'Trueline prior; fitted on served runs',
  prior: { mean: 7, sd: 3 },
  beforeRatio: 0.5,
  per: 'request',
};

function requireOperatorTimes(context: BasisContext): OpContext {
  const { gpu, kernels } = context;
  if (kernels === undefined) {
    throw new TruelineError(
      'COEFFICIENTS_MISSING',
      `op-roofline has no operator times of GPU \`${gpu.name}\``,
      {
        hint: 'Calibrate it from kernel sweeps, or use the trained-physics basis.',
      },
    );
  }
  return { ...context, kernels };
}

/** The parts of all terms that depend on one count, as columns of a table. */
const columnsOf = (parts: readonly TermParts[], count: 'byTokens' | 'byRequests'): Column[] =>
  parts.flatMap((part, term) => (part[count] === undefined ? [] : [{ term, value: part[count] }]));

/**
 * Per-operator roofline with launch floors and measured efficiencies.
 * `compile` throws COEFFICIENTS_MISSING without operator times of the GPU or its parallel sizes; `evaluate` throws BASIS_BAD_BATCH.
 */
export const opRooflineBasis: BasisSet = {
  name: 'op-roofline',
  terms: TERMS,
  requestTerms: [frontEnd],
  compile(context) {
    const bound = requireOperatorTimes(context);
    const parts = TERMS.map((term) => term.bind(bound));
    const constants = Float64Array.from(parts, (part) => part.constant ?? 0);
    const addTokens = tabulate(columnsOf(parts, 'byTokens'), context.server.maxNumBatchedTokens);
    const addRequests = tabulate(columnsOf(parts, 'byRequests'), context.server.maxNumSeqs);
    const byBatch = parts.flatMap((part, term) => (part.byBatch ? [{ term, value: part.byBatch }] : []));
    const firstUse = context.coldStart === true ? moeFirstUse(context.arch, context.server) : undefined;
    function evaluateRank(batch: Readonly<BatchShape>, tokens: number, out: Float64Array): void {
      checkBatch(batch);
      for (let i = 0; i < constants.length; i++) out[i] = constants[i]!;
      addTokens(tokens, out);
      addRequests(batchRequests(batch), out);
      for (const part of byBatch) out[part.term]! += part.value(batch);
    }
    return {
      affineInDecodeContext: true,
      ...(firstUse && { firstUse }),
      evaluate: (batch, out) => evaluateRank(batch, batchTokens(batch), out),
      ...(context.arch.moe && context.server.dataParallelSize > 1 && { evaluateRank }),
    };
  },
};
