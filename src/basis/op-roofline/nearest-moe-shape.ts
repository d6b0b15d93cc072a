import type { KernelConstants, MoeShape } from '../kernel-constants.js';

/** What decides how well a fused mixture-of-experts kernel streams its weights. */
type MoeKey = Pick<
  MoeShape,
  'precision' | 'hiddenSize' | 'expertFfnSize' | 'experts' | 'expertsPerToken' | 'tensorParallelSize'
>;

/** The part of the operator times that is searched. */
interface MoeTables {
  readonly moe: Pick<KernelConstants['moe'], 'shapes'>;
}

/** Parameters of one expert on one rank. */
const rankExpertSize = ({ hiddenSize, expertFfnSize, tensorParallelSize }: MoeKey): number =>
  (hiddenSize * expertFfnSize) / tensorParallelSize;

const octaves = (a: number, b: number): number => Math.abs(Math.log2(a / b));

/** How unlike two layers are: octaves between their expert counts, expert sizes on a rank and experts per token. */
const distance = (a: MoeKey, b: MoeKey): number =>
  octaves(a.experts, b.experts) +
  octaves(rankExpertSize(a), rankExpertSize(b)) +
  octaves(a.expertsPerToken, b.expertsPerToken);

/**
 * The swept layer most like the wanted one, at the same precision; undefined when that precision was not swept. Predicting each swept H100
 * shape from its nearest other shape (all tensor-parallel sizes of it left out) misses its full time by 1.6 % (16-bit) and 2.4 % (FP8) in the
 * median, where one line through all shapes misses by 3.2 % and 4.4 % although it has seen them: streaming efficiency falls as experts get
 * more numerous, so no single number serves 8 and 256 of them.
 */
export function nearestMoeShape(wanted: MoeKey, kernels: MoeTables): MoeShape | undefined {
  let nearest: MoeShape | undefined;
  for (const shape of kernels.moe.shapes) {
    if (shape.precision !== wanted.precision) continue;
    if (nearest === undefined || distance(shape, wanted) < distance(nearest, wanted)) nearest = shape;
  }
  return nearest;
}

/**
 * A table for a layer nobody swept: the nearest swept one, its time beyond the launch scaled by the weights all experts hold, its
 * time per token by the work a token is.
 */
export function scaledMoeShape(nearest: MoeShape, wanted: MoeKey, launchUs: number): MoeShape {
  const size = rankExpertSize(wanted) / rankExpertSize(nearest);
  const weights = (size * wanted.experts) / nearest.experts;
  const work = (size * wanted.expertsPerToken) / nearest.expertsPerToken;
  const fullUs = launchUs + (nearest.fullUs - launchUs) * weights;
  const large = (us: number): number => fullUs + Math.max(0, us - nearest.fullUs) * work;
  return {
    ...wanted,
    fullUs,
    usPerToken: nearest.usPerToken * work,
    at1024TokensUs: large(nearest.at1024TokensUs),
    ...(nearest.largeTokens && {
      largeTokens: { tokens: nearest.largeTokens.tokens, us: nearest.largeTokens.us.map(large) },
    }),
  };
}
