import type { GpuSpec } from '../../trace/gpu-spec.js';
import type { GemmRows } from '../../trace/kernel-sweep.js';
import type { LogProblem, TimeModel } from './fit-log-model.js';
import type { OperatorCandidate, ParameterName } from './operator-fit.js';

/** Arithmetic of a matrix product: what the sweep calls it, its bytes per weight and activation, its peak. */
export interface GemmPrecision {
  readonly dtype: string;
  readonly bytes: number;
  readonly flopPerUs: number;
}

const OUTPUT_BYTES = 2;

const BASE_NAMES: readonly ParameterName[] = [
  { name: 'memoryFloorUs', unit: 'µs' },
  { name: 'memoryFactor', unit: 'ratio' },
  { name: 'computeFloorUs', unit: 'µs' },
  { name: 'computeFactor', unit: 'ratio' },
  { name: 'sharpness', unit: '1' },
];
const DEPTH: ParameterName = { name: 'usPerThousandDepth', unit: 'µs' };
const ACTIVATION: ParameterName = { name: 'usPerMillionActivations', unit: 'µs' };
const BASE_FORMULA = '[(g0 + g1·(nkw + mkw + 2mn)/BW)^s + (g2 + g3·2mnk/F)^s]^(1/s)';

/** Columns the models read, one entry per selected row. */
interface GemmFeatures {
  readonly memoryUs: Float64Array;
  readonly computeUs: Float64Array;
  /** k/1000. */
  readonly depth: Float64Array;
  /** m·k/10⁶. */
  readonly activations: Float64Array;
}

function features(
  { numbers }: GemmRows,
  rows: readonly number[],
  precision: GemmPrecision,
  gpu: GpuSpec,
): GemmFeatures {
  const { m, n, k } = numbers;
  const column = (value: (m: number, n: number, k: number) => number): Float64Array =>
    Float64Array.from(rows, (row) => value(m[row]!, n[row]!, k[row]!));
  const { bytes, flopPerUs } = precision;
  return {
    memoryUs: column((M, N, K) => (bytes * K * (N + M) + OUTPUT_BYTES * M * N) / gpu.hbmBytesPerUs),
    computeUs: column((M, N, K) => (2 * M * N * K) / flopPerUs),
    depth: column((_M, _N, K) => K / 1e3),
    activations: column((M, _N, K) => (M * K) / 1e6),
  };
}

/** Below this exponent the smaller limit is lost in rounding. */
const NEGLIGIBLE_EXPONENT = -37;

/** [a^s + b^s]^(1/s) without overflow; exponentials because V8's power function takes three times as long. */
function softMax(a: number, b: number, sharpness: number): number {
  const larger = Math.max(a, b);
  const exponent = sharpness * Math.log(Math.min(a, b) / larger);
  if (exponent < NEGLIGIBLE_EXPONENT) return larger;
  return larger * Math.exp(Math.log1p(Math.exp(exponent)) / sharpness);
}

function timeModel(x: GemmFeatures, hasDepth: boolean, hasActivation: boolean): TimeModel {
  return (parameters) => {
    const [g0 = 0, g1 = 0, g2 = 0, g3 = 0, sharpness = 1, ...extra] = parameters;
    const perDepth = hasDepth ? (extra[0] ?? 0) : 0;
    const perActivation = hasActivation ? (extra.at(-1) ?? 0) : 0;
    return (row) =>
      softMax(g0 + g1 * x.memoryUs[row]!, g2 + g3 * x.computeUs[row]!, sharpness) +
      perDepth * x.depth[row]! +
      perActivation * x.activations[row]!;
  };
}

/** Where every form starts, and its bounds. */
const START = [4, 1.2, 4, 1.2, 3];
const LEAST = [0, 0.1, 0, 0.1, 1];
const EXTRA_START = 0.3;

/**
 * The forms that are compared over the selected rows, simplest first: two limits alone, with a serial pass over k, with a
 * pass over the activations, with both.
 */
export function gemmForms(
  base: Omit<LogProblem, 'model' | 'start' | 'least'>,
  rows: GemmRows,
  selected: readonly number[],
  precision: GemmPrecision,
  gpu: GpuSpec,
): readonly [OperatorCandidate, ...OperatorCandidate[]] {
  const x = features(rows, selected, precision, gpu);
  const form = (name: string, hasDepth: boolean, hasActivation: boolean): OperatorCandidate => {
    const extra = [...(hasDepth ? [DEPTH] : []), ...(hasActivation ? [ACTIVATION] : [])];
    return {
      form: name,
      formula: `${BASE_FORMULA}${hasDepth ? ' + g4·k/10³' : ''}${hasActivation ? ' + g5·mk/10⁶' : ''}`,
      names: [...BASE_NAMES, ...extra],
      problem: {
        ...base,
        model: timeModel(x, hasDepth, hasActivation),
        start: [...START, ...extra.map(() => EXTRA_START)],
        least: [...LEAST, ...extra.map(() => 0)],
      },
    };
  };
  return [
    form('two limits', false, false),
    form('two limits + depth', true, false),
    form('two limits + activations', false, true),
    form('two limits + depth + activations', true, true),
  ];
}
