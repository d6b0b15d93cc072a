/**
 * The same function with its values for 0 … `size` − 1 remembered on first use; larger arguments are computed anew.
 * @param compute pure, finite for every non-negative integer
 */
export function memoize(compute: (n: number) => number, size: number): (n: number) => number {
  const known = new Float64Array(size).fill(NaN);
  return (n) => {
    const value = known[n];
    if (value !== undefined && value === value) return value; // NaN, the mark of "not yet", differs from itself
    const computed = compute(n);
    if (n < size) known[n] = computed;
    return computed;
  };
}
