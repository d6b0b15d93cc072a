import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCoefficientSet } from '../../src/coefficients/index.js';
import { workplace, type CliRun } from './run-cli.js';

const place = workplace();
afterAll(place.remove);
place.bring('traces/synthetic-llama-2-7b-tp1', 'run');

const CORRECT = ['fit', 'run', '--gpu', 'H100', '--correct', 'op-roofline'];
const refused = ({ code, stderr }: CliRun): string => {
  expect(code).toBe(2);
  return stderr;
};

describe('trueline fit --correct', () => {
  it('writes the set with a correction of what was recorded, which then serves it', () => {
    const options = ['--prior-sd', 'stepScale=0.05', '--out', 'mine.json'];
    expect(place.run(...CORRECT, ...options)).toMatchObject({ code: 0, stderr: '' });
    const file = join(place.folder, 'mine.json');
    const { name, corrections } = parseCoefficientSet(readFileSync(file, 'utf8'), file);
    expect(name).toBe('mine');
    expect(corrections).toHaveLength(1);
    expect(corrections![0]).toMatchObject({
      scope: { model: 'meta-llama/Llama-2-7b-hf', gpu: 'H100', tensorParallelSize: 1 },
      experiments: ['run'],
      prior: { stepLogSd: 0.05 },
    });
    const resolved = ['coefficients', 'resolve', '--coefficients', 'mine.json', '--gpu', 'H100', '--model'];
    expect(place.run(...resolved, 'meta-llama/Llama-2-7b-hf').stdout).toContain('stepScale');
    expect(place.run(...resolved, 'Qwen/Qwen3-14B').stdout).not.toContain('stepScale');
  });

  it('refuses what is not a scale, another basis, and a set that does not know how far it is off', () => {
    expect(refused(place.run(...CORRECT, '--prior-sd', 'gemm=0.1'))).toContain('`gemm` is no scale');
    expect(refused(place.run(...CORRECT, '--basis', 'roofline'))).toContain('--basis');
    const other = ['fit', 'run', '--gpu', 'H100', '--correct', 'blis-roofline'];
    expect(refused(place.run(...other))).toContain('[COEFFICIENTS_INVALID]');
  });
});
