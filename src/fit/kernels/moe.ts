import type { MoeShape } from '../../basis/kernel-constants.js';
import { summariseErrors } from '../../stats/relative-error.js';
import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { MoeRows } from '../../trace/kernel-sweep.js';
import type { MoeFit } from './kernel-fit-result.js';
import { fitMoeFallback } from './moe-fallback.js';
import { nearestShapeErrors } from './moe-nearest.js';
import { moePoints } from './moe-rows.js';
import { moeShapeTables } from './moe-shapes.js';
import { parameterOf } from './operator-fit.js';

const PRECISIONS: readonly MoeShape['precision'][] = ['bf16', 'fp8'];

/** Shapes sorted as a reader looks them up. */
const compareShapes = (a: MoeShape, b: MoeShape): number =>
  (a.precision < b.precision ? -1 : Number(a.precision > b.precision)) ||
  a.hiddenSize - b.hiddenSize ||
  a.expertFfnSize - b.expertFfnSize ||
  a.experts - b.experts ||
  a.expertsPerToken - b.expertsPerToken ||
  a.tensorParallelSize - b.tensorParallelSize;

/**
 * Tables of every swept mixture-of-experts layer and a rule for the others. A single efficiency does not exist: shapes of
 * similar size differ by whether their kernel was tuned. Undefined when the sweep has no usable row.
 */
export function fitMoe(rows: MoeRows, gpu: GpuSpec, release: string): MoeFit | undefined {
  const { points, dropped, routing } = moePoints(rows, gpu, release);
  const fallbacks = PRECISIONS.flatMap((precision) => {
    const fit = fitMoeFallback(points, precision, gpu, release);
    return fit === undefined ? [] : [{ precision, fit }];
  });
  const [first, ...others] = fallbacks;
  if (first === undefined) return undefined;
  const launchUs = parameterOf(first.fit, 'launchUs');
  const tables = moeShapeTables(points, launchUs);
  if (tables.length === 0) return undefined;
  const between = tables.flatMap(({ betweenKnots }) => betweenKnots);
  const shapes = tables.map(({ shape }) => shape).toSorted(compareShapes);
  const fromNearestShape = nearestShapeErrors(points, shapes, launchUs);
  return {
    release,
    launchUs,
    shapes,
    fitted: summariseErrors(tables.flatMap(({ fitted }) => fitted)),
    ...(between.length === 0 ? {} : { betweenKnots: summariseErrors(between) }),
    ...(fromNearestShape === undefined ? {} : { fromNearestShape }),
    fallbacks: [first, ...others],
    rowsUsed: points.length,
    dropped,
    routing,
  };
}
