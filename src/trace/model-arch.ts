/** Bytes per parameter of each weight family as served (FP8 checkpoints keep some families in 16 bit). */
export interface WeightBytes {
  readonly attention: number;
  readonly ffn: number;
  readonly experts: number;
  readonly sharedExpert: number;
  /** Embeddings and LM head. */
  readonly vocabulary: number;
}

/** Mixture-of-experts part of a model. */
export interface MoeArch {
  /** Layers whose FFN is a mixture of experts. */
  readonly layers: number;
  readonly experts: number;
  readonly expertsPerToken: number;
  /** FFN width of one routed expert. */
  readonly expertFfnSize: number;
  /** FFN width of the always-active shared expert; 0 when there is none. */
  readonly sharedExpertFfnSize: number;
}

/** Sampling defaults of the checkpoint's `generation_config.json`, which vLLM applies when the client sends none. */
export interface SamplingDefaults {
  /** top-p or top-k is set: vLLM 0.15 then sorts the whole vocabulary. */
  readonly topPOrTopK: boolean;
  /** 1 when absent. */
  readonly repetitionPenalty: number;
  /** Set when the file was not at hand and this is the habit of the model's publisher. */
  readonly assumed?: true;
}

/**
 * The shape of a decoder model as step time, memory and KV capacity depend on it. Widths are unsharded.
 * Read from a Hugging Face `config.json` by `ingest`; shipped ones are in `coefficients/models`.
 */
export interface ModelArch {
  /** Hugging Face repository id. */
  readonly name: string;
  /** `model_type` of the configuration. */
  readonly family: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly queryHeads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly tiedEmbeddings: boolean;
  /** FFN width of dense layers; 0 when every layer is a mixture of experts. */
  readonly ffnSize: number;
  readonly moe?: MoeArch;
  readonly weightBytes: WeightBytes;
  /** Bytes per KV-cache element. */
  readonly kvBytes: number;
  /** 'fp8' when the quantised families are served with FP8 arithmetic. */
  readonly precision: 'bf16' | 'fp8';
  readonly maxContextTokens: number;
  /** Sliding-window or chunked-attention span in tokens, when limited. */
  readonly attentionSpanTokens?: number;
  readonly sampling: SamplingDefaults;
}

/** Layers with a dense FFN. */
export const denseLayers = (arch: ModelArch): number => arch.layers - (arch.moe?.layers ?? 0);

/** Weight bytes of all routed experts, before any sharding. */
export function expertWeightBytes({ hiddenSize, moe, weightBytes }: ModelArch): number {
  if (moe === undefined) return 0;
  return moe.layers * 3 * hiddenSize * moe.experts * moe.expertFfnSize * weightBytes.experts;
}

/** Weight bytes of the whole model, both embeddings included (once if tied), before any sharding. */
export function modelWeightBytes(arch: ModelArch): number {
  const { hiddenSize: d, weightBytes: w } = arch;
  const attention = 2 * d * (arch.queryHeads + arch.kvHeads) * arch.headDim * w.attention;
  const dense = denseLayers(arch) * 3 * d * arch.ffnSize * w.ffn;
  const moe = arch.moe;
  const perMoeLayer =
    moe === undefined
      ? 0
      : 3 * d * (moe.experts * moe.expertFfnSize * w.experts + moe.sharedExpertFfnSize * w.sharedExpert) +
        d * moe.experts * w.vocabulary;
  const vocabulary = (arch.tiedEmbeddings ? 1 : 2) * arch.vocabSize * d * w.vocabulary;
  return arch.layers * attention + dense + (moe?.layers ?? 0) * perMoeLayer + vocabulary;
}
