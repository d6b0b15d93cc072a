import { batchTokens, type BatchShape } from '../../trace/batch-shape.js';
import type { BasisContext } from '../basis-set.js';
import { attentionParameters, peerArch, type PeerArch } from '../peer-arch.js';

const KV_BYTES = 2;
const ACTIVATION_BYTES = 2;

/** What the form's times depend on besides the batch; µs unless the name says otherwise. */
export interface StepPhysics {
  readonly layers: number;
  /** MoE layers where dense ones alternate with them, else 0. */
  readonly interleavedLayers: number;
  /** Projections and FFNs, per token. */
  readonly tokenUs: number;
  /** Attention, per query–key pair. */
  readonly pairUs: number;
  /** Keys and values, per token written or read. */
  readonly kvUs: number;
  /** All weights, once. */
  readonly weightsUs: number;
  /** Tensor-parallel traffic, per token. */
  readonly tpTokenUs: number;
  /** Exchange between data-parallel ranks of a mixture of experts, per token. */
  readonly exchangeTokenUs: number;
}

interface Ranks {
  readonly tp: number;
  readonly dp: number;
  /** Ranks that share the routed experts. */
  readonly G: number;
}

/**
 * Data-parallel ranks of a mixture of experts share one batch, which is what the form divides by. Those of a dense model are
 * engines of their own, and a batch is that of one of them: the form's P/DP, T/DP and Σc/DP are then the batch itself.
 */
function ranksOf({ N }: PeerArch, { server }: BasisContext): Ranks {
  const { tensorParallelSize: tp, dataParallelSize } = server;
  const dp = N > 0 ? dataParallelSize : 1;
  return { tp, dp, G: tp * dp };
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

/** Binds the equations to a model, GPU and server. F is the FP8 peak where weights take one byte and the GPU has one. */
export function stepPhysics(context: BasisContext): StepPhysics {
  const { arch, gpu } = context;
  const a = peerArch(arch);
  const ranks = ranksOf(a, context);
  const { tp, dp } = ranks;
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

/** Time of one part of a step, in µs. */
export type PartUs = (physics: StepPhysics, batch: Readonly<BatchShape>) => number;

/** Pc. */
export const prefillComputeUs: PartUs = ({ tokenUs, pairUs }, { prefillTokens, prefillPromptPairs }) =>
  tokenUs * prefillTokens + pairUs * prefillPromptPairs;

/** Dc; `c` is a decode's context before the step, so Σc + D is `decodeContextTokens`. */
export const decodeComputeUs: PartUs = ({ tokenUs, pairUs }, { decodeRequests, decodeContextTokens }) =>
  tokenUs * decodeRequests + pairUs * (decodeContextTokens - decodeRequests);

/** Pk. */
export const prefillKvUs: PartUs = ({ kvUs }, { prefillTokens }) => kvUs * prefillTokens;

/** Dk. */
export const decodeKvUs: PartUs = ({ kvUs }, { decodeContextTokens }) => kvUs * decodeContextTokens;

/** Ta + Td + Tr. */
export const tpCommunicationUs: PartUs = ({ tpTokenUs }, batch) => tpTokenUs * batchTokens(batch);

/** Tx. */
export const expertExchangeUs: PartUs = ({ exchangeTokenUs }, batch) => exchangeTokenUs * batchTokens(batch);
