/**
 * Straight lines between knots; below the first knot its value, above the last one the last slope goes on.
 * @param xs ascending, at least two
 * @param ys same length
 */
export function interpolate(x: number, xs: readonly number[], ys: readonly number[]): number {
  const above = xs.findIndex((knot) => knot >= x);
  if (above === 0) return ys[0] ?? 0;
  const right = above === -1 ? xs.length - 1 : above;
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [xs[right - 1], xs[right], ys[right - 1], ys[right]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
