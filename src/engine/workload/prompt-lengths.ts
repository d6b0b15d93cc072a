import type { RandomStream } from '../../random.js';

/**
 * Lengths of `count` prompts in tokens: normal draws, rounded, never below `minTokens`, then moved by whole tokens so
 * that their mean is `mean` as closely as whole tokens allow.
 */
export function promptLengths(
  count: number,
  mean: number,
  sd: number,
  minTokens: number,
  random: RandomStream,
): Int32Array {
  const draw = random.normal(mean, sd);
  const lengths = new Int32Array(count);
  let excess = -Math.round(mean * count);
  for (let i = 0; i < count; i++) {
    lengths[i] = Math.max(minTokens, Math.round(sd > 0 ? draw() : mean));
    excess += lengths[i]!;
  }
  spreadExcess(lengths, excess, minTokens);
  return lengths;
}

/** Takes `excess` tokens (gives, when negative) from the lengths, one token per prompt and round. */
function spreadExcess(lengths: Int32Array, excess: number, minTokens: number): void {
  const step = Math.sign(excess);
  let left = Math.abs(excess);
  for (let moved = true; left > 0 && moved;) {
    moved = false;
    for (let i = 0; i < lengths.length && left > 0; i++) {
      if (step > 0 && lengths[i]! <= minTokens) continue;
      lengths[i]! -= step;
      left--;
      moved = true;
    }
  }
}
