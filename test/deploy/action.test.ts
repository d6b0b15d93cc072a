import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { renderValidationResult } from '../../src/cli/validation-result-file.js';
import { shipped, workplace, type CliRun } from '../cli/run-cli.js';
import { scaled, twelveRuns, validationOf } from '../gate/made-up-results.js';

const action = z
  .object({
    inputs: z.record(z.string(), z.object({ description: z.string(), default: z.exactOptional(z.string()) })),
    runs: z.object({
      using: z.literal('composite'),
      steps: z.array(
        z.object({
          name: z.exactOptional(z.string()),
          run: z.exactOptional(z.string()),
          if: z.exactOptional(z.string()),
          env: z.exactOptional(z.record(z.string(), z.string())),
        }),
      ),
    }),
  })
  .parse(parse(readFileSync(shipped('action.yml'), 'utf8')));

const place = workplace();
afterAll(place.remove);
const file = (name: string): string => join(place.folder, name);

/** Runs a step as GitHub would: inputs and the action's place reach it through its `env`. */
function runStep(name: string, inputs: Readonly<Record<string, string>>): CliRun {
  const step = action.runs.steps.find((candidate) => candidate.name === name);
  if (step?.run === undefined) throw new Error(`no step ${name}`);
  const value = (template: string): string => {
    const [, context = '', key = ''] = /^\$\{\{ (inputs|github)\.([\w-]+) \}\}$/u.exec(template) ?? [];
    if (context === 'github') return shipped('.');
    return inputs[key] ?? action.inputs[key]?.default ?? '';
  };
  const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([key, text]) => [key, value(text)]));
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', step.run], {
    cwd: place.folder,
    env: {
      ...process.env,
      ...env,
      GITHUB_STEP_SUMMARY: file('summary.md'),
      GITHUB_OUTPUT: file('outputs.txt'),
    },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

const accepted = validationOf(twelveRuns());
writeFileSync(file('good.json'), renderValidationResult(accepted));
writeFileSync(file('bad.json'), renderValidationResult(scaled(accepted, 'ttftMeanMs', 'L40S', 1.2)));
place.run('check', 'good.json', '--baseline', 'base line.json', '--update-baseline', '--reason', 'first');

describe('action.yml', () => {
  it('puts no input into the text of a script, where it could become a command', () => {
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
  });

  it('gates in a scratch repository: passes, fails with a summary and JUnit XML', () => {
    expect(runStep('Gate', { result: 'good.json', baseline: 'base line.json' }).code).toBe(0);
    const bad = { result: 'bad.json', baseline: 'base line.json', junit: 'gate.xml' };
    expect(runStep('Gate', bad).code).toBe(1);
    const summary = readFileSync(file('summary.md'), 'utf8');
    expect(summary).toContain('# Gate of made-up: pass');
    expect(summary).toContain('# Gate of made-up: FAIL');
    expect(readFileSync(file('gate.xml'), 'utf8')).toContain('<failure');
  });

  it('validates a suite that the repository brings, whatever its name', () => {
    const inputs = { suite: 'no such $(touch owned)', result: 'r.json' };
    expect(runStep('Validate', inputs).code).toBe(2);
    expect(place.names()).not.toContain('owned');
  });

  it('obeys no command that a report or an error has, and says how validating ended', () => {
    const { stdout, stderr } = runStep('Validate', { suite: '::warning::x', result: 'r.json' });
    const [first = '', ...lines] = stdout.trimEnd().split('\n');
    const [, word] = /^::stop-commands::([\w-]{20,})$/u.exec(first) ?? [];
    expect(lines.at(-1)).toBe(`::${word}::`);
    expect(lines[0]).toContain('::warning::x');
    expect(stderr).toBe('');
    expect(readFileSync(file('outputs.txt'), 'utf8')).toMatch(/^exit-code=2\n$/mu);
  });

  it('builds what it installs in jobs that leave out development dependencies', () => {
    const install = action.runs.steps.find(({ name }) => name === 'Install Trueline');
    expect(install?.run).toContain(' --include=dev ');
  });

  it('gives no verdict on the result of an earlier run', () => {
    const gate = action.runs.steps.find(({ name }) => name === 'Gate');
    expect(gate?.if).toContain("steps.validate.outputs.exit-code == '0'");
  });
});
