import type { AllReduceKnots } from '../../basis/kernel-constants.js';
import { summariseErrors, type PredictedPair } from '../../stats/relative-error.js';
import type { AllReduceRows } from '../../trace/kernel-sweep.js';
import type { AllReduceFit } from './kernel-fit-result.js';
import { newestRelease, selectRows } from './select-rows.js';

/** Decode steps run in CUDA graphs; eager launches cost 20–40 µs that serving does not pay. */
const GRAPH_BACKENDS: readonly (string | undefined)[] = ['vllm_graph', 'nccl_graph'];
/** One token of the smallest hidden size … to a full prefill step of the largest. */
const LEAST_ELEMENTS = 4096;
const MOST_ELEMENTS = 33_554_432;
/** Tensor-parallel sizes within one node. */
const NODE_SIZES = [2, 4, 8];
/** Leave-one-size-out needs two others to draw a line through. */
const LEAST_SIZES_TO_HOLD_OUT = 3;

/** Lowers every time to the smallest of the larger messages: a message never costs more than a longer one. */
function lowered(us: readonly number[]): number[] {
  let least = Infinity;
  return us.map((_, i) => (least = Math.min(least, us[us.length - 1 - i]!))).toReversed();
}

function knotsOf(rows: AllReduceRows, selected: readonly number[], gpus: number): AllReduceKnots {
  const mine = selected.filter((row) => rows.numbers.gpus[row] === gpus);
  return {
    elements: mine.map((row) => rows.numbers.elements[row]!),
    us: lowered(mine.map((row) => rows.us[row]!)),
  };
}

const atElements = ({ elements, us }: AllReduceKnots, wanted: number): number | undefined =>
  us[elements.indexOf(wanted)];

/**
 * Knots of a tensor-parallel size without a sweep: log time linear in log2(size) between (or beyond) the two nearest
 * swept sizes, at the message sizes both have. Undefined with fewer than two swept sizes.
 */
function interpolateAllReduce(
  knots: Readonly<Record<string, AllReduceKnots>>,
  size: number,
): AllReduceKnots | undefined {
  const distance = (other: number): number => Math.abs(Math.log2(other / size));
  const nearest = Object.keys(knots)
    .map(Number)
    .filter((other) => other !== size)
    .toSorted((a, b) => distance(a) - distance(b) || a - b);
  const [near, far] = nearest;
  if (near === undefined || far === undefined) return undefined;
  const [nearKnots, farKnots] = [knots[String(near)]!, knots[String(far)]!];
  const share = Math.log2(size / near) / Math.log2(far / near);
  const elements = nearKnots.elements.filter((wanted) => farKnots.elements.includes(wanted));
  const us = elements.map((wanted) => {
    const [atNear, atFar] = [atElements(nearKnots, wanted)!, atElements(farKnots, wanted)!];
    return atNear * (atFar / atNear) ** share;
  });
  return { elements, us: lowered(us) };
}

/** Every swept size predicted from the others. */
function holdOutSizes(knots: Readonly<Record<string, AllReduceKnots>>): PredictedPair[] {
  return Object.entries(knots).flatMap(([size, measured]) => {
    const predicted = interpolateAllReduce(knots, Number(size));
    if (predicted === undefined) return [];
    return predicted.elements.map((elements, i) => ({
      measured: atElements(measured, elements) ?? NaN,
      predicted: predicted.us[i]!,
    }));
  });
}

function withMissingSizes(knots: Readonly<Record<string, AllReduceKnots>>): {
  readonly knots: Readonly<Record<string, AllReduceKnots>>;
  readonly interpolated: readonly number[];
} {
  const filled = NODE_SIZES.filter((size) => !(String(size) in knots)).flatMap((size) => {
    const estimate = interpolateAllReduce(knots, size);
    return estimate === undefined ? [] : [[size, estimate] as const];
  });
  return {
    knots: { ...knots, ...Object.fromEntries(filled.map(([size, estimate]) => [String(size), estimate])) },
    interpolated: filled.map(([size]) => size),
  };
}

/**
 * All-reduce times of one GPU by tensor-parallel size, in a CUDA graph, from its newest sweep (the kernel has not changed
 * between releases, and the older eight-GPU sweeps are outliers). Undefined when the sweep has no such row.
 */
export function fitAllReduce(rows: AllReduceRows): AllReduceFit | undefined {
  const release = newestRelease(rows);
  if (release === undefined) return undefined;
  const { elements, gpus } = rows.numbers;
  const { rows: selected, dropped } = selectRows(rows.count, [
    { reason: 'older release', drop: (row) => rows.labels.release[row] !== release },
    { reason: 'not in a CUDA graph', drop: (row) => !GRAPH_BACKENDS.includes(rows.labels.backend[row]) },
    {
      reason: `messages outside ${LEAST_ELEMENTS}–${MOST_ELEMENTS} elements`,
      drop: (row) => elements[row]! < LEAST_ELEMENTS || elements[row]! > MOST_ELEMENTS,
    },
  ]);
  if (selected.length === 0) return undefined;
  const sizes = [...new Set(selected.map((row) => gpus[row]!))].toSorted((a, b) => a - b);
  const swept = Object.fromEntries(sizes.map((size) => [String(size), knotsOf(rows, selected, size)]));
  const kept = Object.values(swept).flatMap(({ us }) => us);
  const measured = sizes.flatMap((size) =>
    selected.filter((row) => gpus[row] === size).map((row) => rows.us[row]!),
  );
  return {
    release,
    ...withMissingSizes(swept),
    lowered: kept.filter((us, i) => us < measured[i]!).length,
    rowsUsed: selected.length,
    dropped,
    ...(sizes.length < LEAST_SIZES_TO_HOLD_OUT ? {} : { heldOut: summariseErrors(holdOutSizes(swept)) }),
  };
}
