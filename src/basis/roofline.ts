import { batchRequests, batchTokens } from '../trace/batch-shape.js';
import type { BasisContext, BasisSet, BasisTerm, RequestTerm } from './basis-set.js';
import { checkBatch } from './check-batch.js';
import { attentionParameters, peerArch, type PeerArch } from './peer-arch.js';

const SOURCE = 'inference-sim/training@ed5c1d2, basis_functions.py';
const BYTES = 2;
const RIDGE_TO_ONE = { mean: 1, sd: 1 };

const TERMS: readonly BasisTerm[] = [
  {
    name: 'prefill',
    unit: 'ratio',
    formula: 'max([2LPd(2d+2dkv)/TP + L·4(H/TP)·h·Σt(s+t/2) + 6LPk′df/TP]/F, L·2·(Hkv/TP)·h·P·2/BW)',
    source: SOURCE,
    prior: RIDGE_TO_ONE,
  },
  {
    name: 'decode',
    unit: 'ratio',
    formula: 'max([2LDd(2d+2dkv)/TP + L·4(H/TP)·h·Σc + 6LDk′df/TP]/F, L·2·(Hkv/TP)·h·2·(Σc+D)/BW)',
    source: SOURCE,
    prior: RIDGE_TO_ONE,
  },
  {
    name: 'weights',
    unit: 'ratio',
    formula: '[Ld(2d+2dkv)·2/TP + L·Neff·3df·2/TP]/BW, Neff = min(N, max(k, T·k))',
    source: SOURCE,
    prior: RIDGE_TO_ONE,
  },
  {
    name: 'communication',
    unit: 'ratio',
    formula: '0 (TP 1), L·2·T·d·2/NV (TP 2), twice that (TP ≥ 4)',
    source: SOURCE,
    prior: RIDGE_TO_ONE,
  },
  { name: 'layers', unit: 'µs/layer', formula: 'L', source: SOURCE, prior: { mean: 0, sd: 200 } },
  { name: 'requests', unit: 'µs/request', formula: 'B', source: SOURCE, prior: { mean: 0, sd: 500 } },
  { name: 'step', unit: 'µs/step', formula: '1', source: SOURCE, prior: { mean: 0, sd: 5000 } },
];

/** Front end of both peers: α0 before queueing, α1 per request and α2 per output token after the last step. */
export const PEER_REQUEST_TERMS: readonly RequestTerm[] = [
  {
    name: 'queueing',
    unit: 'µs',
    formula: '1 per request',
    source: SOURCE,
    prior: { mean: 0, sd: 20_000 },
    beforeRatio: 1,
    per: 'request',
  },
  {
    name: 'postDecode',
    unit: 'µs',
    formula: '1 per request',
    source: SOURCE,
    prior: { mean: 0, sd: 5000 },
    beforeRatio: 0,
    per: 'request',
  },
  {
    name: 'outputToken',
    unit: 'µs',
    formula: 'output tokens',
    source: SOURCE,
    prior: { mean: 0, sd: 100 },
    beforeRatio: 0,
    per: 'outputToken',
  },
];

/** Arithmetic of one token in projections and FFN (k′ experts), all layers, one rank, in FLOP. */
function flopPerToken(a: PeerArch, tp: number): number {
  const f = a.N > 0 ? a.fm : a.fd;
  return (2 * a.L * attentionParameters(a)) / tp + (6 * a.L * a.k * a.d * f) / tp;
}

/** Weights read in one step, one rank, in bytes: attention and the FFNs (`Neff` of them) that `tokens` reach. */
function weightBytes(a: PeerArch, tp: number, tokens: number): number {
  const ffns = a.N > 0 ? Math.min(a.N, Math.max(a.k, tokens * a.k)) : 1;
  const f = a.N > 0 ? a.fm : a.fd;
  return (a.L * attentionParameters(a) * BYTES) / tp + (a.L * ffns * 3 * a.d * f * BYTES) / tp;
}

/** Times the activations cross the link, in units of L·2·T·d bytes·2. */
function crossings(tp: number): number {
  if (tp === 1) return 0;
  return tp < 4 ? 1 : 2;
}

function compile({ arch, gpu, server }: BasisContext) {
  const a = peerArch(arch);
  const tp = server.tensorParallelSize;
  const flopUs = flopPerToken(a, tp) / gpu.bf16FlopPerUs;
  const pairUs = (a.L * 4 * (a.H / tp) * a.h) / gpu.bf16FlopPerUs;
  const kvUs = (a.L * 2 * (a.Hkv / tp) * a.h * BYTES) / gpu.hbmBytesPerUs;
  const linkUs = (crossings(tp) * a.L * 2 * a.d * BYTES) / gpu.linkBytesPerUs;
  return { a, tp, flopUs, pairUs, kvUs, linkUs, hbm: gpu.hbmBytesPerUs };
}

/**
 * The classic seven terms; 16-bit weights everywhere. `c` is a decode's context before the step, so Σc + D is
 * `decodeContextTokens`.
 */
export const rooflineBasis: BasisSet = {
  name: 'roofline',
  terms: TERMS,
  requestTerms: PEER_REQUEST_TERMS,
  compile(context) {
    const { a, tp, flopUs, pairUs, kvUs, linkUs, hbm } = compile(context);
    return {
      evaluate(batch, out) {
        checkBatch(batch);
        const { prefillTokens: P, decodeRequests: D, decodeContextTokens } = batch;
        const tokens = batchTokens(batch);
        out[0] = Math.max(flopUs * P + pairUs * batch.prefillPromptPairs, kvUs * P);
        out[1] = Math.max(flopUs * D + pairUs * (decodeContextTokens - D), kvUs * decodeContextTokens);
        out[2] = weightBytes(a, tp, tokens) / hbm;
        out[3] = linkUs * tokens;
        out[4] = a.L;
        out[5] = batchRequests(batch);
        out[6] = 1;
      },
    };
  },
};
