const pairCount = (n: number): number => (n * (n - 1)) / 2;

/** Σ pairs inside runs of equal keys, for items in an order that puts equal keys together. */
function tiedPairs(count: number, sameAsNext: (index: number) => boolean): number {
  let tied = 0;
  let runLength = 1;
  for (let i = 0; i < count; i++) {
    if (i + 1 < count && sameAsNext(i)) runLength++;
    else {
      tied += pairCount(runLength);
      runLength = 1;
    }
  }
  return tied;
}

/** Merges the sorted runs [low, middle) and [middle, high) of `from` into `to`; returns the inversions between them. */
function mergeRuns(from: Float64Array, to: Float64Array, low: number, middle: number, high: number): number {
  let inversions = 0;
  let left = low;
  let right = middle;
  for (let k = low; k < high; k++) {
    const takeRight = left >= middle || (right < high && from[right]! < from[left]!);
    if (takeRight) inversions += middle - left;
    to[k] = takeRight ? from[right++]! : from[left++]!;
  }
  return inversions;
}

/** Sorts by merging and counts the inversions; returns both. */
function sortCountingInversions(values: Float64Array): { sorted: Float64Array; inversions: number } {
  const n = values.length;
  let from = values.slice();
  let to = new Float64Array(n);
  let inversions = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let low = 0; low < n; low += 2 * width) {
      inversions += mergeRuns(from, to, low, Math.min(low + width, n), Math.min(low + 2 * width, n));
    }
    [from, to] = [to, from];
  }
  return { sorted: from, inversions };
}

/**
 * Kendall's τ-b between two index-aligned samples, −1…1, in O(n log n) (Knight 1966, JASA 61:436). Ties in either sample
 * are corrected for; undefined when one of them has no two different values, as τ-b then is 0/0.
 */
export function kendallTauB(x: ArrayLike<number>, y: ArrayLike<number>): number | undefined {
  const n = x.length;
  const order = Array.from({ length: n }, (_, i) => i).toSorted((a, b) => x[a]! - x[b]! || y[a]! - y[b]!);
  const sameX = (i: number): boolean => x[order[i]!] === x[order[i + 1]!];
  const sameY = (i: number): boolean => y[order[i]!] === y[order[i + 1]!];
  const tiedX = tiedPairs(n, sameX);
  const tiedBoth = tiedPairs(n, (i) => sameX(i) && sameY(i));
  const { sorted, inversions } = sortCountingInversions(Float64Array.from(order, (i) => y[i]!));
  const tiedY = tiedPairs(n, (i) => sorted[i] === sorted[i + 1]);
  const pairs = pairCount(n);
  const scale = Math.sqrt((pairs - tiedX) * (pairs - tiedY));
  return scale === 0 ? undefined : (pairs - tiedX - tiedY + tiedBoth - 2 * inversions) / scale;
}
