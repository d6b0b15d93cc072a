/** A step in the symbols of the peer's publication (inference-sim/inference-sim@f90a1e3), each stated in full. */
export interface PeerStep {
  readonly model: {
    readonly L: number;
    readonly Lm: number;
    readonly Ld: number;
    readonly d: number;
    readonly H: number;
    readonly h: number;
    readonly dkv: number;
    readonly fm: number;
    readonly fd: number;
    readonly fs: number;
    readonly N: number;
    readonly k: number;
    readonly w: number;
  };
  readonly TP: number;
  readonly DP: number;
  readonly F: number;
  readonly BW: number;
  readonly prefills: readonly { readonly t: number; readonly s: number }[];
  /** Context of each decode before the step. */
  readonly decodes: readonly number[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Pc, Dc, Pk, Dk, W, Ta + Td + Tr and Tx, in µs, written down as published and nothing shared. */
export function peerParts({ model, TP, DP, F, BW, prefills, decodes }: PeerStep) {
  const { L, Lm, Ld, d, H, h, dkv, fm, fd, fs, N, k, w } = model;
  const G = N > 0 ? TP * DP : TP;
  const P = sum(prefills.map(({ t }) => t));
  const D = decodes.length;
  const T = P + D;
  const C = sum(decodes);
  const compute = (tokens: number, attention: number): number =>
    ((2 * L * tokens * d * (2 * d + 2 * dkv)) / (TP * DP) +
      attention / DP +
      ((Lm * (tokens * k)) / G) * 6 * d * fm +
      (Lm * tokens * 6 * d * fs) / (TP * DP) +
      (Ld * tokens * 6 * d * fd) / (TP * DP)) /
    F;
  const V = (u: number): number => (TP === 1 ? 0 : (u * T * d * 2 * 2 * (TP - 1)) / TP / BW);
  return {
    Pc: compute(P, L * sum(prefills.map(({ t, s }) => 4 * (H / TP) * t * (s + t / 2) * h))),
    Dc: compute(D, L * 4 * (H / TP) * h * C),
    Pk: (L * 2 * (dkv / (TP * DP)) * P * 2) / BW,
    Dk: (L * 2 * (dkv / (TP * DP)) * 2 * (C + D)) / BW,
    W:
      ((L * d * (2 * d + 2 * dkv) * w) / TP +
        Lm * (N / G) * 3 * d * fm * w +
        (Lm * 3 * d * fs * w) / TP +
        (Ld * 3 * d * fd * w) / TP) /
      BW,
    T: V(L) / DP + V(Ld) / DP + (DP === 1 ? V(Lm) : 0),
    Tx: N > 0 && DP > 1 ? (((Lm * (T / DP) * (G - 1)) / G) * 2 * d * 2) / BW : 0,
  };
}

/** The step time in µs, before it is truncated, for 7 to 11 coefficients β1 …. */
export function peerStepUs(step: PeerStep, beta: readonly number[]): number {
  const { Pc, Dc, Pk, Dk, W, T, Tx } = peerParts(step);
  const { L, Lm, Ld } = step.model;
  const [b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0, b7 = 0, b8 = 0, b9 = 0, b10 = 0, b11 = b4] = beta;
  const prefill = beta.length >= 9 ? b1 * Pc + b9 * Pk : b1 * Math.max(Pc, Pk);
  const decode = beta.length >= 10 ? b2 * Dc + b10 * Dk : b2 * Math.max(Dc, Dk);
  const requests = step.prefills.length + step.decodes.length;
  const interleaved = Lm > 0 && Ld > 0 ? Lm : 0;
  return prefill + decode + b3 * W + b4 * T + b11 * Tx + b5 * L + b6 * requests + b7 + b8 * interleaved;
}
