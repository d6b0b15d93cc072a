import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { MAIN, shipped, workplace } from './run-cli.js';

const place = workplace();
afterAll(place.remove);
const file = (name: string): string => join(place.folder, name);

/** Four experiments of the public suite with stages of 8 s: figures mean nothing then, but replays are quick. */
beforeAll(() => {
  mkdirSync(file('suite/experiments'), { recursive: true });
  writeFileSync(
    file('suite/suite.yaml'),
    'name: short\ndescription: shortened runs, figures mean nothing\nsource: made up\n',
  );
  for (const id of [
    '02-codellama-34b-tp2-codegen',
    '09-mixtral-8x7b-tp2-general',
    '25-llama-3-1-8b-tp1-general-1',
    '55-llama-3-1-8b-tp1-general-lite-1',
  ]) {
    const text = readFileSync(shipped(`validation/public-suite/experiments/${id}.yaml`), 'utf8');
    writeFileSync(file(`suite/experiments/${id}.yaml`), text.replaceAll(/durationS: \d+/gu, 'durationS: 8'));
  }
});

const SUITE = ['suite', '--seeds', '2'] as const;

describe('validate --shard and merge', () => {
  it('join to the bytes of one run', () => {
    expect(place.run('validate', ...SUITE, '--out', 'whole.json').code).toBe(0);
    for (const i of [1, 2, 3])
      expect(place.run('validate', ...SUITE, '--shard', `${i}/3`, '--out', `part-${i}.json`).code).toBe(0);
    const parts = ['part-2.json', 'part-3.json', 'part-1.json'];
    expect(place.run('merge', ...parts, '--suite', 'suite', '--out', 'merged.json').code).toBe(0);
    expect(readFileSync(file('merged.json'))).toEqual(readFileSync(file('whole.json')));
  });

  it.each([
    ['without a file to write', ['validate', ...SUITE, '--shard', '1/2'], 'USAGE'],
    ['a shard that is none', ['validate', ...SUITE, '--shard', '3/2', '--out', 'x.json'], 'USAGE'],
    ['an incomplete set', ['merge', 'part-1.json', '--suite', 'suite'], 'RECORD_INVALID'],
    ['a result for a shard', ['merge', 'whole.json', '--suite', 'suite'], 'KEY_UNKNOWN'],
  ])('refuse %s', (_, args, code) => {
    const { code: exit, stdout, stderr } = place.run(...args);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`[${code}]`);
  });
});

describe('predict --freeze and score', () => {
  it('score what was frozen before the measurements were there', () => {
    mkdirSync(file('later/experiments'), { recursive: true });
    for (const name of ['suite.yaml', 'experiments/02-codellama-34b-tp2-codegen.yaml'])
      writeFileSync(file(`later/${name}`), readFileSync(file(`suite/${name}`)));
    const measured = readFileSync(file('later/experiments/02-codellama-34b-tp2-codegen.yaml'), 'utf8');
    writeFileSync(
      file('later/experiments/02-codellama-34b-tp2-codegen.yaml'),
      `${measured.split('measured:')[0]}measured: []\n`,
    );
    const predicted = place.run('predict', 'later', '--seeds', '2', '--freeze', 'frozen.json');
    expect(predicted).toMatchObject({ code: 0, stderr: '' });
    const { sha256 } = z
      .object({ sha256: z.string() })
      .parse(JSON.parse(readFileSync(file('frozen.json'), 'utf8')));
    expect(predicted.stdout).toContain(sha256);

    writeFileSync(file('later/experiments/02-codellama-34b-tp2-codegen.yaml'), measured);
    place.run('score', 'frozen.json', '--suite', 'later', '--out', 'scored.json');
    place.run('validate', 'later', '--seeds', '2', '--out', 'validated.json');
    expect(readFileSync(file('scored.json'))).toEqual(readFileSync(file('validated.json')));
  });

  it('refuse when the file, the configuration or the coefficients changed', () => {
    const frozen = readFileSync(file('frozen.json'), 'utf8');
    writeFileSync(file('edited.json'), frozen.replace(/"e2eMeanMs": [\d.]+/u, '"e2eMeanMs": 1'));
    const experiment = readFileSync(file('later/experiments/02-codellama-34b-tp2-codegen.yaml'), 'utf8');
    const others = ['score', 'frozen.json', '--suite', 'later'];
    expect(place.run('score', 'edited.json', '--suite', 'later').stderr).toContain(
      'was changed after it was written',
    );
    expect(place.run(...others, '--coefficients', 'blis-trained-physics').stderr).toContain(
      'what decides the prediction changed',
    );
    writeFileSync(
      file('later/experiments/02-codellama-34b-tp2-codegen.yaml'),
      experiment.replace('maxNumSeqs: 128', 'maxNumSeqs: 64'),
    );
    expect(place.run(...others).stderr).toContain(
      'what decides the prediction changed since it was made, for 2',
    );
  });
});

/** What of `batch/v1` Job the manifest uses. Source: Kubernetes API reference v1.31, Job, PodSpec, Container. */
const manifest = z.strictObject({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('Job'),
  metadata: z.strictObject({ name: z.string().regex(/^[a-z0-9-]{1,63}$/u) }),
  spec: z.strictObject({
    completionMode: z.literal('Indexed'),
    completions: z.int().positive(),
    parallelism: z.int().positive(),
    backoffLimitPerIndex: z.int().nonnegative(),
    template: z.strictObject({
      spec: z.strictObject({
        // an Indexed Job with a limit per index takes no other policy
        restartPolicy: z.literal('Never'),
        containers: z.tuple([
          z.strictObject({
            name: z.string(),
            image: z.string(),
            command: z.array(z.string()),
            args: z.array(z.string()),
            env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
            resources: z.strictObject({
              requests: z.strictObject({ cpu: z.string(), memory: z.string() }),
              limits: z.strictObject({ memory: z.string() }),
            }),
            volumeMounts: z.array(
              z.strictObject({
                name: z.string(),
                mountPath: z.string(),
                readOnly: z.exactOptional(z.boolean()),
              }),
            ),
          }),
        ]),
        volumes: z.array(
          z.strictObject({
            name: z.string(),
            persistentVolumeClaim: z.strictObject({
              claimName: z.string(),
              readOnly: z.exactOptional(z.boolean()),
            }),
          }),
        ),
      }),
    }),
  }),
});

describe('deploy/shards.yaml', () => {
  const job = manifest.parse(parse(readFileSync(shipped('deploy/shards.yaml'), 'utf8')));
  const [container] = job.spec.template.spec.containers;
  const stated = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));

  /** The environment of one pod, with a `trueline` on the PATH and folders of this machine. */
  const podEnvironment = (index: number): NodeJS.ProcessEnv => ({
    ...process.env,
    ...stated,
    RUN: (stated['RUN'] ?? '').replace('/input', file('suite')),
    OUT: file('results'),
    JOB_COMPLETION_INDEX: String(index),
    PATH: `${file('bin')}:${process.env['PATH'] ?? ''}`,
  });
  const [shell = '', ...flags] = container.command;
  const pod = (index: number) =>
    spawnSync(shell, [...flags, ...container.args], { env: podEnvironment(index), encoding: 'utf8' });

  it('asks for as many shards as pods, and mounts what it declares', () => {
    expect(stated['SHARDS']).toBe(String(job.spec.completions));
    const volumes = job.spec.template.spec.volumes.map(({ name }) => name);
    expect(container.volumeMounts.map(({ name }) => name)).toEqual(volumes);
  });

  it('gives one result though a pod is killed and started again', async () => {
    mkdirSync(file('bin'));
    mkdirSync(file('results'));
    const script = `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`;
    writeFileSync(file('bin/trueline'), script, { mode: 0o755 });
    const victim = spawn(shell, [...flags, ...container.args], { env: podEnvironment(0), detached: true });
    setTimeout(() => process.kill(-(victim.pid ?? 0), 'SIGKILL'), 150);
    await once(victim, 'exit');
    expect(victim.signalCode).toBe('SIGKILL');
    const parts = Array.from({ length: job.spec.completions }, (_, i) => `results/shard-${i + 1}.json`);
    expect(place.run('merge', ...parts, '--suite', 'suite').code).toBe(2);
    parts.forEach((_, i) => expect(pod(i).status, `pod ${i}`).toBe(0));
    place.run('merge', ...parts, '--suite', 'suite', '--out', 'job.json');
    place.run('validate', 'suite', '--seeds', '3', '--out', 'alone.json');
    expect(readFileSync(file('job.json'))).toEqual(readFileSync(file('alone.json')));
  });
});
