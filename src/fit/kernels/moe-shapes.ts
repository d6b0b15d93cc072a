import type { MoeShape } from '../../basis/kernel-constants.js';
import { interpolate } from '../../basis/op-roofline/interpolate.js';
import { solveNnls } from '../../stats/nnls.js';
import type { PredictedPair } from '../../stats/relative-error.js';
import { layerKey, type MoePoint } from './moe-rows.js';

/** Up to here a layer's time follows its active experts; beyond, it is a table. */
const SMALL_TOKENS = 256;
const LARGE_TOKENS = 1024;
/** Token counts of the table; the sweep's others check it. */
const KNOT_TOKENS = [512, 1024, 2048, 4096, 8192];
/** Two numbers are solved for. */
const LEAST_ROWS = 3;
/** Under power-law routing many experts are all active only from here on: then larger batches say what they cost. */
const MOST_SMALL_TOKENS = 512;

/** The table of one layer shape and how well it agrees with its rows. */
export interface ShapeTable {
  readonly shape: MoeShape;
  readonly fitted: readonly PredictedPair[];
  readonly betweenKnots: readonly PredictedPair[];
}

const activeShare = (p: MoePoint): number => p.activeExperts! / p.experts;

/** `full` and `c` of `m0 + (full − m0)·A/E + c·T`, relative residuals, both ≥ 0. */
function solveSmall(points: readonly MoePoint[], launchUs: number): { fullUs: number; usPerToken: number } {
  const { x } = solveNnls({
    count: points.length,
    columns: 2,
    values: Float64Array.from(points.flatMap((p) => [activeShare(p), p.tokens])),
    targets: Float64Array.from(points, (p) => p.us - launchUs * (1 - activeShare(p))),
    weights: Float64Array.from(points, (p) => p.us ** -2),
  });
  return { fullUs: x[0]!, usPerToken: x[1]! };
}

/**
 * Time of a layer by its table, in µs, with the number of active experts known: as the basis prices it, but without its
 * assumption on routing.
 */
export function tableUs(shape: MoeShape, launchUs: number, point: MoePoint): number {
  const byActive = (active: number, tokens: number): number =>
    launchUs + ((shape.fullUs - launchUs) * active) / shape.experts + shape.usPerToken * tokens;
  if (point.tokens <= SMALL_TOKENS || shape.largeTokens === undefined) {
    return byActive(point.activeExperts!, point.tokens);
  }
  const smallUs = byActive(shape.experts, SMALL_TOKENS);
  const us = shape.largeTokens.us.map((value) => Math.max(value, smallUs));
  return interpolate(point.tokens, [SMALL_TOKENS, ...shape.largeTokens.tokens], [smallUs, ...us]);
}

function largePairs(shape: MoeShape, launchUs: number, large: readonly MoePoint[]): PredictedPair[] {
  const knots = shape.largeTokens?.tokens ?? [];
  const between = large.filter((p) => !knots.includes(p.tokens) && p.tokens < (knots.at(-1) ?? 0));
  return between.map((p) => ({ measured: p.us, predicted: tableUs(shape, launchUs, p) }));
}

/** A batch never costs more than a larger one: one that hits an untuned kernel is lowered to the next. */
const neverDearer = (us: readonly number[]): number[] => us.map((_, i) => Math.min(...us.slice(i)));

function smallRows(points: readonly MoePoint[]): readonly MoePoint[] {
  const upTo = (tokens: number) => points.filter((p) => p.tokens <= tokens && p.activeExperts !== undefined);
  const small = upTo(SMALL_TOKENS);
  return small.length < LEAST_ROWS ? upTo(MOST_SMALL_TOKENS) : small;
}

function tableOf(points: readonly MoePoint[], launchUs: number): ShapeTable | undefined {
  const sorted = points.toSorted((a, b) => a.tokens - b.tokens);
  const small = smallRows(sorted);
  const knots = sorted.filter((p) => KNOT_TOKENS.includes(p.tokens));
  const at1024 = knots.findIndex((p) => p.tokens === LARGE_TOKENS);
  const [first] = small;
  if (first === undefined || small.length < LEAST_ROWS || at1024 === -1) return undefined;
  const { activeExperts: _active, expertBytes: _bytes, us: _us, tokens: _tokens, ...layer } = first;
  const us = neverDearer(knots.map((p) => p.us));
  const shape: MoeShape = {
    ...layer,
    ...solveSmall(small, launchUs),
    at1024TokensUs: us[at1024]!,
    largeTokens: { tokens: knots.map((p) => p.tokens), us },
  };
  const large = sorted.filter((p) => p.tokens > SMALL_TOKENS);
  return {
    shape,
    fitted: small.map((p) => ({ measured: p.us, predicted: tableUs(shape, launchUs, p) })),
    betweenKnots: largePairs(shape, launchUs, large),
  };
}

/** One table per swept layer shape, precision and tensor-parallel size that has enough rows. */
export function moeShapeTables(points: readonly MoePoint[], launchUs: number): readonly ShapeTable[] {
  const byLayer = new Map<string, MoePoint[]>();
  for (const point of points) {
    const key = layerKey(point);
    const layer = byLayer.get(key) ?? [];
    byLayer.set(key, layer);
    layer.push(point);
  }
  return [...byLayer.values()].flatMap((layer) => tableOf(layer, launchUs) ?? []);
}
