import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { shipped, workplace } from './run-cli.js';

const place = workplace();
afterAll(place.remove);

const STEPS = shipped('traces/synthetic-llama-2-7b-tp1');
const trialSchema = z.object({
  trialFit: z.object({
    route: z.string(),
    rowsUsed: z.number(),
    correlatedPairs: z.array(z.object({ terms: z.array(z.string()) })),
  }),
});

const trialOf = (...args: readonly string[]) =>
  trialSchema.parse(JSON.parse(place.run('inspect', ...args, '--json').stdout)).trialFit;

describe('trueline inspect tries a fit', () => {
  it('to the timed steps of a run on a known GPU, and says what moves together', () => {
    const { code, stdout } = place.run('inspect', STEPS, '--gpu', 'H100');
    expect(code).toBe(0);
    expect(stdout).toContain('Trial fit');
    expect(stdout.replaceAll(/\s+/gu, ' ')).toContain('every run has the same layer count (32)');
    const trial = trialOf(STEPS, '--gpu', 'H100');
    expect(trial.route).toBe('steps');
    expect(trial.correlatedPairs[0]?.terms).toEqual(['layer', 'topPStep']);
  });

  it('to requests where no step was recorded', () => {
    const simulate = [
      'simulate',
      '--model',
      'llama-3.1-8b-instruct',
      '--gpu',
      'H100',
      '--workload',
      'chatbot',
    ];
    place.run(
      ...simulate,
      '--rate',
      '5',
      '--duration',
      '20',
      '--no-knee',
      '--no-intervals',
      '--trace-v2',
      'v2',
    );
    const trial = trialOf('v2', '--gpu', 'H100', '--model', 'llama-3.1-8b-instruct');
    expect(trial).toMatchObject({ route: 'requests' });
    expect(trial.rowsUsed).toBeGreaterThan(100);
  });

  it('or says why not', () => {
    expect(place.run('inspect', STEPS).stdout).toContain('the GPU is not known; name it with `--gpu`');
    const unknown = place.run('inspect', STEPS, '--gpu', 'abacus');
    expect(unknown.code).toBe(0);
    expect(unknown.stdout).toContain('[GPU_UNKNOWN]');
  });
});
