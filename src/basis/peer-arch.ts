import { denseLayers, type ModelArch } from '../trace/model-arch.js';

/**
 * A model in the symbols of the peers' equations, which take the head dimension as d/H even where the checkpoint sets
 * another one, and one weight precision for the whole model.
 */
export interface PeerArch {
  readonly L: number;
  readonly d: number;
  readonly H: number;
  readonly h: number;
  readonly Hkv: number;
  readonly dkv: number;
  /** FFN width of a dense layer. */
  readonly fd: number;
  /** FFN width of one routed expert; 0 without. */
  readonly fm: number;
  /** FFN width of the shared expert; 0 without. */
  readonly fs: number;
  /** Experts, 0 without. */
  readonly N: number;
  /** max(1, experts per token). */
  readonly k: number;
  readonly Lm: number;
  readonly Ld: number;
  /** Weight bytes per parameter. */
  readonly w: number;
}

export function peerArch(arch: ModelArch): PeerArch {
  const h = arch.hiddenSize / arch.queryHeads;
  return {
    L: arch.layers,
    d: arch.hiddenSize,
    H: arch.queryHeads,
    h,
    Hkv: arch.kvHeads,
    dkv: arch.kvHeads * h,
    fd: arch.ffnSize,
    fm: arch.moe?.expertFfnSize ?? 0,
    fs: arch.moe?.sharedExpertFfnSize ?? 0,
    N: arch.moe?.experts ?? 0,
    k: arch.moe?.expertsPerToken ?? 1,
    Lm: arch.moe?.layers ?? 0,
    Ld: denseLayers(arch),
    w: arch.precision === 'fp8' ? 1 : 2,
  };
}

/** Parameters of the attention projections of one layer: query and output d·d, key and value d·dkv. */
export const attentionParameters = ({ d, dkv }: PeerArch): number => d * (2 * d + 2 * dkv);
