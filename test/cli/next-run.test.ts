import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

describe('trueline next-run', () => {
  it('ranks the runs of a plan', () => {
    const { code, stdout } = place.run('next-run', plan('plan.yaml', `${RUN}, ratesPerS: [1, 2]`), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ criterion: 'I', runs: [{}, {}] });
    expect(stdout).toContain('llama-3.1-8b-instruct on 1 × H100, chatbot at 2/s');
  });

  it.each([
    ['KEY_UNKNOWN', `${RUN}, ratesPers: [1]`],
    ['EXPERIMENT_INVALID', RUN],
    ['MODEL_UNKNOWN', `${RUN.replace('llama-3.1-8b-instruct', 'no-such-model')}, ratesPerS: [1]`],
  ])('refuses a broken plan with %s', (code, candidate) => {
    const { code: exit, stderr } = place.run('next-run', plan('broken.yaml', candidate));
    expect(exit).toBe(2);
    expect(stderr).toContain(code);
  });
});
