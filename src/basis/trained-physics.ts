import { batchRequests, batchTokens } from '../trace/batch-shape.js';
import type { BasisContext, BasisSet, BasisTerm } from './basis-set.js';
import { checkBatch } from './check-batch.js';
import { attentionParameters, peerArch, type PeerArch } from './peer-arch.js';
import { PEER_REQUEST_TERMS } from './roofline.js';

const SOURCE = 'inference-sim/inference-sim@f90a1e3, sim/latency/trained_physics_model.go';
const KV_BYTES = 2;
const ACTIVATION_BYTES = 2;

const ratio = (name: string, formula: string): BasisTerm => ({
  name,
  unit: 'ratio',
  formula,
  source: SOURCE,
  prior: { mean: 1, sd: 1 },
});

const overhead = (name: string, unit: string, formula: string, sd: number): BasisTerm => ({
  name,
  unit,
  formula,
  source: SOURCE,
  prior: { mean: 0, sd },
});

/** β1 … β11 in the order of the peer's `beta_coeffs`. */
const TERMS: readonly BasisTerm[] = [
  ratio(
    'prefillCompute',
    '[2LPd(2d+2dkv)/(TP·DP) + L·4(H/TP)h·Σt(s+t/2)/DP + Lm(Pk′/G)6dfm + (Lm·fs + Ld·fd)·6dP/(TP·DP)]/F',
  ),
  ratio('decodeCompute', 'prefillCompute with D for P and L·4(H/TP)h·Σc/DP for the attention part'),
  ratio('weights', '[Ld(2d+2dkv)/TP + Lm(N/G)3dfm + (Lm·fs + Ld·fd)·3d/TP]·w/BW'),
  ratio('tpCommunication', 'Ta + Td + Tr, V(u) = u·T·d·a·2·(TP−1)/TP/BW'),
  overhead('layers', 'µs/layer', 'L', 200),
  overhead('requests', 'µs/request', 'B', 500),
  overhead('step', 'µs/step', '1', 5000),
  overhead('interleavedMoeLayers', 'µs/layer', 'Lm if dense and MoE layers alternate, else 0', 1000),
  ratio('prefillKv', 'L·2·(dkv/(TP·DP))·P·2/BW'),
  ratio('decodeKv', 'L·2·(dkv/(TP·DP))·2·(Σc+D)/BW'),
  ratio('expertExchange', 'Lm·(T/DP)·(G−1)/G·2·d·a/BW for MoE with DP > 1, else 0'),
];

interface Ranks {
  readonly tp: number;
  readonly dp: number;
  /** Ranks that share the routed experts. */
  readonly G: number;
}

/** Arithmetic of one token in projections and FFNs on one rank, in FLOP. */
function flopPerToken(a: PeerArch, { tp, dp, G }: Ranks): number {
  const attention = (2 * a.L * attentionParameters(a)) / (tp * dp);
  const routed = (a.Lm * a.k * 6 * a.d * a.fm) / G;
  const always = ((a.Lm * a.fs + a.Ld * a.fd) * 6 * a.d) / (tp * dp);
  return attention + routed + always;
}

/** Weights read in one step on one rank, in bytes: all of them, idle experts included. */
function weightBytes(a: PeerArch, { tp, G }: Ranks): number {
  const attention = (a.L * attentionParameters(a)) / tp;
  const routed = (a.Lm * a.N * 3 * a.d * a.fm) / G;
  const always = ((a.Lm * a.fs + a.Ld * a.fd) * 3 * a.d) / tp;
  return (attention + routed + always) * a.w;
}

/** Tensor-parallel traffic per token, in bytes: after attention, after dense FFNs, after experts unless DP > 1. */
function tpBytesPerToken(a: PeerArch, { tp, dp }: Ranks): number {
  if (tp === 1) return 0;
  const layerEquivalents = a.L / dp + a.Ld / dp + (dp === 1 ? a.Lm : 0);
  return (layerEquivalents * a.d * ACTIVATION_BYTES * 2 * (tp - 1)) / tp;
}

/** Expert exchange per token over data-parallel ranks, in bytes, for the default all-gather backend. */
function exchangeBytesPerToken(a: PeerArch, { dp, G }: Ranks): number {
  if (a.N === 0 || dp === 1) return 0;
  return (a.Lm / dp) * ((G - 1) / G) * 2 * a.d * ACTIVATION_BYTES;
}

function compile({ arch, gpu, server }: BasisContext) {
  const a = peerArch(arch);
  const { tensorParallelSize: tp, dataParallelSize: dp } = server;
  const ranks: Ranks = { tp, dp, G: a.N > 0 ? tp * dp : tp };
  const flopPerUs = a.w === 1 ? (gpu.fp8FlopPerUs ?? gpu.bf16FlopPerUs) : gpu.bf16FlopPerUs;
  const bw = gpu.hbmBytesPerUs;
  return {
    layers: a.L,
    interleavedLayers: a.Lm > 0 && a.Ld > 0 ? a.Lm : 0,
    tokenUs: flopPerToken(a, ranks) / flopPerUs,
    pairUs: (a.L * 4 * (a.H / tp) * a.h) / dp / flopPerUs,
    kvUs: (a.L * 2 * (a.dkv / (tp * dp)) * KV_BYTES) / bw,
    weightsUs: weightBytes(a, ranks) / bw,
    tpTokenUs: tpBytesPerToken(a, ranks) / bw,
    exchangeTokenUs: exchangeBytesPerToken(a, ranks) / bw,
  };
}

/**
 * The eleven-coefficient form. Differences from the source, on purpose: layers are dense or MoE as vLLM builds them
 * (the source alternates Llama-4 Scout), and prices are not truncated to whole microseconds. `c` is a decode's context
 * before the step, so Σc + D is `decodeContextTokens`.
 */
export const trainedPhysicsBasis: BasisSet = {
  name: 'trained-physics',
  terms: TERMS,
  requestTerms: PEER_REQUEST_TERMS,
  compile(context) {
    const { layers, interleavedLayers, tokenUs, pairUs, kvUs, weightsUs, tpTokenUs, exchangeTokenUs } =
      compile(context);
    return {
      affineInDecodeContext: true,
      evaluate(batch, out) {
        checkBatch(batch);
        const { prefillTokens: P, decodeRequests: D, decodeContextTokens } = batch;
        const tokens = batchTokens(batch);
        out[0] = tokenUs * P + pairUs * batch.prefillPromptPairs;
        out[1] = tokenUs * D + pairUs * (decodeContextTokens - D);
        out[2] = weightsUs;
        out[3] = tpTokenUs * tokens;
        out[4] = layers;
        out[5] = batchRequests(batch);
        out[6] = 1;
        out[7] = interleavedLayers;
        out[8] = kvUs * P;
        out[9] = kvUs * decodeContextTokens;
        out[10] = exchangeTokenUs * tokens;
      },
    };
  },
};
