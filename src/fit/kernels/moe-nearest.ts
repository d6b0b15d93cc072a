import type { MoeShape } from '../../basis/kernel-constants.js';
import { nearestMoeShape, scaledMoeShape } from '../../basis/op-roofline/nearest-moe-shape.js';
import { summariseErrors, type ErrorSummary, type PredictedPair } from '../../stats/relative-error.js';
import { shapeKey, type MoePoint } from './moe-rows.js';
import { tableUs } from './moe-shapes.js';

function predictedFromOthers(
  point: MoePoint,
  shapes: readonly MoeShape[],
  launchUs: number,
): PredictedPair | undefined {
  const others = shapes.filter((shape) => shapeKey(shape) !== shapeKey(point));
  const nearest = nearestMoeShape(point, { moe: { shapes: others } });
  if (nearest === undefined) return undefined;
  const { precision, hiddenSize, expertFfnSize, experts, expertsPerToken, tensorParallelSize } = point;
  const wanted = { precision, hiddenSize, expertFfnSize, experts, expertsPerToken, tensorParallelSize };
  const scaled = scaledMoeShape(nearest, wanted, launchUs);
  return { measured: point.us, predicted: tableUs(scaled, launchUs, point) };
}

/**
 * What the basis does for a layer without a sweep, on every swept layer: priced from the nearest other one, all
 * tensor-parallel sizes of its own shape left out. Undefined with a single shape.
 */
export function nearestShapeErrors(
  points: readonly MoePoint[],
  shapes: readonly MoeShape[],
  launchUs: number,
): ErrorSummary | undefined {
  const known = points.filter(({ activeExperts }) => activeExperts !== undefined);
  const pairs = known.flatMap((point) => predictedFromOthers(point, shapes, launchUs) ?? []);
  return pairs.length === 0 ? undefined : summariseErrors(pairs);
}
