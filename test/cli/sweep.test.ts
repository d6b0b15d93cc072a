import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readSweepPlan } from '../../src/cli/sweep/sweep-plan.js';
import { refusalOf } from '../refusal.js';
import { workplace } from './run-cli.js';

const place = workplace();
afterAll(place.remove);
const file = (name: string): string => join(place.folder, name);

const PLAN = `name: small
grids:
  - model: meta-llama/Llama-3.1-8B-Instruct
    gpu: [H100, A100-80GB]
    maxNumSeqs: [8, 64]
    workload: chatbot
    ratesPerS: [1, 2]
    durationS: 5
  - { model: meta-llama/Llama-3.3-70B-Instruct, gpu: H100, workload: chatbot, ratesPerS: 1, durationS: 5 }
`;
const written = (text: string, name = 'plan.yaml'): string => {
  writeFileSync(file(name), text);
  return file(name);
};

describe('a sweep plan', () => {
  it('multiplies the lists of a grid and adds up the grids', async () => {
    const { experiments } = await readSweepPlan(written(PLAN));
    expect(experiments.map(({ id }) => id)).toEqual([
      ...['H100', 'A100-80GB'].flatMap((gpu) =>
        [8, 64].flatMap((seats) =>
          [1, 2].map(
            (rate) =>
              `meta-llama/Llama-3.1-8B-Instruct on 1 × ${gpu}, chatbot at ${rate}/s, maxNumSeqs ${seats}`,
          ),
        ),
      ),
      'meta-llama/Llama-3.3-70B-Instruct on 1 × H100, chatbot at 1/s',
    ]);
    expect(experiments.map(({ server }) => server.maxNumSeqs)).toEqual([8, 8, 64, 64, 8, 8, 64, 64, 256]);
  });

  it.each([
    ['a misspelt key', PLAN.replace('gpu: [', 'gpus: ['), 'KEY_UNKNOWN', 4, 'unknown key `gpus`'],
    ['an unknown workload', PLAN.replace('chatbot', 'chat'), 'EXPERIMENT_INVALID', 6, 'not one of chatbot'],
    ['a rate of zero', PLAN.replace('[1, 2]', '[1, 0]'), 'EXPERIMENT_INVALID', 7, 'ratesPerS[1]'],
    ['no rate', PLAN.replace('[1, 2]', '[]'), 'EXPERIMENT_INVALID', 7, 'ratesPerS'],
    ['a configuration twice', PLAN.replace('[8, 64]', '[8, 8]'), 'EXPERIMENT_INVALID', undefined, 'twice'],
    [
      'more configurations than anyone means',
      PLAN.replace('[8, 64]', `[${Array.from({ length: 30_000 }, (_, i) => i + 1).join(',')}]`),
      'EXPERIMENT_INVALID',
      undefined,
      'multiply to 120001',
    ],
  ])('refuses %s', async (_, text, code, line, found) => {
    const error = await refusalOf(readSweepPlan(written(text, 'bad.yaml')));
    expect([error.code, error.line]).toEqual([code, line]);
    expect(error.message).toContain(found);
  });
});

const sweepFile = z.object({
  rows: z.array(
    z.object({
      gpus: z.number(),
      metrics: z.record(z.string(), z.number()),
    }),
  ),
  notSimulated: z.array(z.object({ experiment: z.string(), code: z.string() })),
});

describe('sweep', () => {
  it('predicts each configuration, and lists what cannot be served', () => {
    written(PLAN);
    const { code, stdout } = place.run('sweep', 'plan.yaml', '--out', 'whole.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /leaves no room for a KV cache on 1 × H100 \[ENGINE_INVALID\]: 1\s+configuration\n/u,
    );
    const { rows, notSimulated } = sweepFile.parse(JSON.parse(readFileSync(file('whole.json'), 'utf8')));
    expect([rows.length, notSimulated.length]).toEqual([8, 1]);
    const [h100, a100] = [rows[0]!, rows[4]!];
    expect(a100.metrics['itlMeanMs']).toBeGreaterThan(h100.metrics['itlMeanMs'] ?? Infinity);
  });

  it('agrees with simulate of one of its configurations', () => {
    written(PLAN.replace('    maxNumSeqs: [8, 64]\n', ''), 'defaults.yaml');
    const load = ['--workload', 'chatbot', '--rate', '2', '--duration', '5', '--json'];
    const alone = place.run(
      'simulate',
      '--model',
      'meta-llama/Llama-3.1-8B-Instruct',
      '--gpu',
      'H100',
      ...load,
    );
    const { groups } = z
      .object({ groups: z.array(z.object({ metrics: z.record(z.string(), z.number()) })) })
      .parse(JSON.parse(alone.stdout));
    const { rows } = sweepFile.parse(JSON.parse(place.run('sweep', 'defaults.yaml', '--json').stdout));
    expect(rows[1]?.metrics).toEqual(groups[0]?.metrics);
  });

  it('joins its shards to the bytes of one run', () => {
    for (const i of [1, 2, 3])
      expect(place.run('sweep', 'plan.yaml', '--shard', `${i}/3`, '--out', `part-${i}.json`).code).toBe(0);
    const parts = ['part-2.json', 'part-3.json', 'part-1.json'];
    expect(place.run('merge', ...parts, '--sweep', 'plan.yaml', '--out', 'merged.json').code).toBe(0);
    expect(readFileSync(file('merged.json'))).toEqual(readFileSync(file('whole.json')));
    const two = place.run('merge', 'part-1.json', 'part-2.json', '--sweep', 'plan.yaml');
    expect([two.code, two.stdout]).toEqual([2, '']);
    expect(two.stderr).toContain('[RECORD_INVALID]');
  });

  it('writes one line of CSV per configuration', () => {
    const { stdout } = place.run(
      'merge',
      ...[1, 2, 3].map((i) => `part-${i}.json`),
      '--sweep',
      'plan.yaml',
      '--format',
      'csv',
    );
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head?.split(',').slice(0, 4)).toEqual(['configuration', 'model', 'gpu', 'workload']);
    expect(head?.split(',').slice(-9, -6)).toEqual(['ttft_mean_ms', 'ttft_p50_ms', 'ttft_p90_ms']);
    expect(lines).toHaveLength(8);
  });

  it('fails when nothing can be simulated', () => {
    written(PLAN.replaceAll(/meta-llama\/[\w.-]+/gu, 'acme/none'), 'none.yaml');
    const { code, stdout } = place.run('sweep', 'none.yaml');
    expect(code).toBe(1);
    expect(stdout).toContain('acme/none');
  });
});
