// A stamp says what a section that takes minutes was made from, so that a check can tell at once when that changed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { path } from './trueline.mjs';

/** All that decides a prediction but the code: the coefficient set, operator times, facts of models and GPUs, the suite. */
const COEFFICIENTS = 'coefficients/sets/op-roofline.json';
const INPUTS = [
  'coefficients/kernels',
  'coefficients/models',
  'coefficients/gpus',
  'validation/public-suite/experiments',
];

const filesIn = (name) =>
  statSync(path(name)).isDirectory()
    ? readdirSync(path(name))
        .toSorted()
        .map((file) => join(name, file))
    : [name];

/** What of a coefficient set decides a prediction or its interval: not where it says it comes from. */
function decisive(name) {
  const { basis, entries, uncertainty, corrections } = JSON.parse(readFileSync(path(name), 'utf8'));
  const values = Object.entries(entries).map(([term, { value, prior }]) => [term, value, prior]);
  return JSON.stringify({ basis, values, uncertainty, corrections });
}

/** SHA-256 of the inputs, as a comment to stand under a section. */
export function stamp() {
  const hash = createHash('sha256').update(decisive(COEFFICIENTS));
  for (const name of INPUTS.flatMap(filesIn))
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(path(name)));
  return `<!-- made from: ${hash.digest('hex')} -->`;
}
