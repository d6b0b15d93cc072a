import type { MoeShape } from '../../basis/kernel-constants.js';
import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { OperatorFit } from './kernel-fit-result.js';
import { linearCandidate, type LinearPart } from './linear-time.js';
import { shapeKey, type MoePoint } from './moe-rows.js';
import { fitOperator } from './operator-fit.js';

/** A prefill step of a server has no more tokens. */
const MOST_TOKENS = 8192;
const ACTIVATION_BYTES = 2;

function parts(points: readonly MoePoint[], weightBytes: number, flopPerUs: number, gpu: GpuSpec) {
  const weightsOf = (p: MoePoint): number => p.expertBytes / weightBytes;
  const column = (value: (point: MoePoint) => number): Float64Array => Float64Array.from(points, value);
  const launch: LinearPart = {
    name: 'launchUs',
    unit: 'µs',
    symbol: 'f0',
    start: 25,
    values: column(() => 1),
  };
  const weights: LinearPart = {
    name: 'memoryFactor',
    unit: 'ratio',
    symbol: 'f1·A·3·d·f·w/tp/BW',
    start: 1.2,
    values: column((p) => (p.activeExperts! * p.expertBytes) / gpu.hbmBytesPerUs),
  };
  const activations: LinearPart = {
    name: 'usPerMillionActivationBytes',
    unit: 'µs',
    symbol: 'f2·T·d·2/10⁶',
    start: 5,
    values: column((p) => (p.tokens * p.hiddenSize * ACTIVATION_BYTES) / 1e6),
  };
  const flop: LinearPart = {
    name: 'computeFactor',
    unit: 'ratio',
    symbol: 'f3·2·T·k·3·d·f/tp/F',
    start: 1.5,
    values: column((p) => (2 * p.tokens * p.expertsPerToken * weightsOf(p)) / flopPerUs),
  };
  return { launch, weights, activations, flop };
}

/**
 * A rule for mixture-of-experts layers of any shape at one precision, from every swept shape; whole layer shapes (at all
 * tensor-parallel sizes) are held out. Undefined when no row's active experts are known.
 */
export function fitMoeFallback(
  all: readonly MoePoint[],
  precision: MoeShape['precision'],
  gpu: GpuSpec,
  release: string,
): OperatorFit | undefined {
  const mine = all.filter((point) => point.precision === precision);
  const known = mine.filter((point) => point.activeExperts !== undefined);
  const points = known.filter((point) => point.tokens <= MOST_TOKENS);
  const flopPerUs = precision === 'bf16' ? gpu.bf16FlopPerUs : (gpu.fp8FlopPerUs ?? 0);
  if (points.length === 0 || flopPerUs === 0) return undefined;
  const { launch, weights, activations, flop } = parts(points, precision === 'bf16' ? 2 : 1, flopPerUs, gpu);
  const base = {
    count: points.length,
    us: (row: number) => points[row]!.us,
    weight: () => 1,
    group: (row: number) => shapeKey(points[row]!),
  };
  const dropped = [
    { reason: 'active experts unknown under power-law routing', count: mine.length - known.length },
    { reason: `more than ${MOST_TOKENS} tokens`, count: known.length - points.length },
  ];
  const between = (low: number, high: number) => ({
    name: `${low}–${high} tokens`,
    has: (row: number) => points[row]!.tokens >= low && points[row]!.tokens <= high,
  });
  return fitOperator({
    operator: `moe fallback ${precision}`,
    release,
    dropped: dropped.filter(({ count }) => count > 0),
    candidates: [
      linearCandidate('launch + weights + activations', base, [launch, weights, activations]),
      linearCandidate('launch + weights + flop', base, [launch, weights, flop]),
      linearCandidate('launch + weights + activations + flop', base, [launch, weights, activations, flop]),
    ],
    bands: [between(1, 7), between(8, 256), between(257, 1024), between(1025, MOST_TOKENS)],
  });
}
