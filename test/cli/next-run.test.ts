import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { afterAll, describe, expect, it } from 'vitest';
import { workplace } from './run-cli.js';

const place = workplace();
afterAll(place.remove);

const RUN = 'model: llama-3.1-8b-instruct, gpu: H100, workload: chatbot, durationS: 10';

function plan(name: string, candidate: string): string {
  const text = `candidates:\n  - { ${candidate} }\ntargets:\n  - { ${RUN}, ratesPerS: [4] }\n`;
  const path = join(place.folder, name);
  writeFileSync(path, text);
  return path;
}

const rankingSchema = z.object({
  runs: z.array(z.object({ id: z.string(), gpuMinutes: z.number(), gainPerGpuMinute: z.number() })),
});
const ranked = (path: string, ...options: string[]) =>
  rankingSchema.parse(JSON.parse(place.run('next-run', path, '--json', ...options).stdout)).runs;

/** The one run of a plan with a candidate on two GPUs. */
const costOf = (name: string, cost: string) =>
  ranked(plan(name, `${RUN}, tensorParallel: 2, ratesPerS: [2]${cost}`))[0]!;

describe('trueline next-run', () => {
  it('ranks the runs of a plan', () => {
    const { code, stdout } = place.run('next-run', plan('plan.yaml', `${RUN}, ratesPerS: [1, 2]`), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ criterion: 'I', runs: [{}, {}] });
    expect(stdout).toContain('llama-3.1-8b-instruct on 1 × H100, chatbot at 2/s');
  });

  it('takes costs as given, and else what the load and a stated set-up hold the GPUs for', () => {
    const plain = costOf('plain.yaml', '');
    const setUp = costOf('set-up.yaml', ', setupMinutes: 3');
    const given = costOf('given.yaml', ', gpuMinutes: 8');
    expect(plain.gpuMinutes).toBeGreaterThan((2 * 9) / 60);
    expect(setUp.gpuMinutes).toBeCloseTo(plain.gpuMinutes + 2 * 3, 9);
    expect(given.gpuMinutes).toBe(8);
    expect(given.gainPerGpuMinute * 8).toBeCloseTo(plain.gainPerGpuMinute * plain.gpuMinutes, 12);
  });

  it('chooses a batch: the beginning of the whole order', () => {
    const path = plan('batch.yaml', `${RUN}, ratesPerS: [1, 2, 3]`);
    expect(ranked(path, '--batch', '2')).toEqual(ranked(path).slice(0, 2));
  });

  it.each([
    ['EXPERIMENT_INVALID', `${RUN}, ratesPerS: [1], gpuMinutes: 2, setupMinutes: 1`],
    ['EXPERIMENT_INVALID', `${RUN}, ratesPerS: [1], gpuMinutes: 0`],
    ['KEY_UNKNOWN', `${RUN}, ratesPers: [1]`],
    ['EXPERIMENT_INVALID', RUN],
    ['MODEL_UNKNOWN', `${RUN.replace('llama-3.1-8b-instruct', 'no-such-model')}, ratesPerS: [1]`],
  ])('refuses a broken plan with %s', (code, candidate) => {
    const { code: exit, stderr } = place.run('next-run', plan('broken.yaml', candidate));
    expect(exit).toBe(2);
    expect(stderr).toContain(code);
  });
});
