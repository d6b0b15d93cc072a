import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { workplace } from './run-cli.js';

const place = workplace();
afterAll(place.remove);

/** A copy of the prior set under another name, changed as text. */
function changedPrior(name: string, change: (text: string) => string): string {
  const path = place.bring('coefficients/sets/op-roofline-prior.json', name);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
  return path;
}

const slower = (_line: string, ms: string): string => `itlMeanMs: ${1.05 * Number(ms)}`;

describe('trueline coefficients', () => {
  it('shows a set with what cannot be told apart', () => {
    const { code, stdout } = place.run('coefficients', 'show', 'op-roofline', '--format', 'markdown');
    expect(code).toBe(0);
    expect(stdout).toContain('# Coefficient set op-roofline');
    expect(stdout).toContain('layer and tpLayer (correlation');
    expect(stdout).toMatch(/source: public-suite/u);
  });

  it('resolves a prediction beyond the scope and names the dimension', () => {
    const served = ['--model', 'qwen3-14b', '--gpu', 'H200', '--tensor-parallel', '2'];
    const { code, stdout } = place.run('coefficients', 'resolve', ...served);
    expect(code).toBe(0);
    expect(stdout).toContain('model Qwen/Qwen3-14B; fitted: ');
    expect(stdout).toContain('GPU H200; fitted: H100');
  });

  it('needs a model and a GPU to resolve', () => {
    const { code, stderr } = place.run('coefficients', 'resolve', '--gpu', 'H100');
    expect(code).toBe(2);
    expect(stderr).toContain('--model');
  });

  it('checks what is transcribed or not fitted without a refit', () => {
    const sets = ['op-roofline-prior', 'blis-roofline', 'blis-trained-physics'];
    const { code, stdout } = place.run('coefficients', 'check', ...sets, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(sets.map((name) => ({ name, passed: true })));
  });

  it('fails on a number that nothing backs', () => {
    const path = changedPrior('changed.json', (text) => text.replace('"value": 12,', '"value": 13,'));
    const { code, stdout } = place.run('coefficients', 'check', path);
    expect(code).toBe(1);
    expect(stdout).toContain('`layer` is not the prior, and no fit is recorded');
  });

  it('refuses a misspelt key before anything is checked', () => {
    const path = changedPrior('misspelt.json', (text) => text.replace('"unit"', '"units"'));
    const { code, stderr } = place.run('coefficients', 'check', path);
    expect(code).toBe(2);
    expect(stderr).toContain('KEY_UNKNOWN');
    expect(stderr).toContain(join(place.folder, 'misspelt.json'));
  });

  it('finds a planted move between two sets and exits with 1', () => {
    const path = changedPrior('moved.json', (text) => text.replace('"value": 12,', '"value": 130,'));
    const served = ['--model', 'qwen3-14b', '--gpu', 'H100'];
    const { code, stdout } = place.run('coefficients', 'diff', 'op-roofline-prior', path, ...served);
    expect(code).toBe(1);
    expect(stdout).toContain('Moved by more than 3 combined errors: layer.');
    expect(stdout).toContain('Qwen/Qwen3-14B on H100');
  });

  it('finds nothing between a set and itself, and prices three pairs of its scopes', () => {
    const { code, stdout } = place.run(
      'coefficients',
      'diff',
      'op-roofline',
      'op-roofline',
      '--format',
      'markdown',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing moved by more than 3 combined errors.');
    expect(stdout.match(/^### .* on H100/gmu)).toHaveLength(3);
    expect(stdout).toContain('3 more pairs of model and GPU');
  });

  it('refuses to compare sets of different bases', () => {
    const { code, stderr } = place.run('coefficients', 'diff', 'op-roofline', 'blis-roofline');
    expect(code).toBe(2);
    expect(stderr).toContain('COEFFICIENTS_INVALID');
  });

  it('exports to BLIS and imports again with equal prices', () => {
    const [yaml, set] = [join(place.folder, 'peer.yaml'), join(place.folder, 'peer.json')];
    expect(place.run('coefficients', 'export', 'blis-trained-physics', '--out', yaml).code).toBe(0);
    const { code, stdout } = place.run('coefficients', 'import', yaml, '--gpu', 'h100', '--out', set);
    expect(code).toBe(0);
    expect(stdout).toContain('peer.yaml (sha256 ');
    expect(place.run('coefficients', 'check', set).stdout).toContain('every number names its publication');
    expect(place.run('coefficients', 'export', set).stdout.split('\n').slice(2)).toEqual(
      readFileSync(yaml, 'utf8').split('\n').slice(2),
    );
  });

  it('gives a shipped set back byte for byte through YAML, and shows the YAML', () => {
    const [yaml, json] = [join(place.folder, 'set.yaml'), join(place.folder, 'back.json')];
    const [first, back] = [
      ['op-roofline', '--format', 'yaml', '--out', yaml],
      ['set.yaml', '--format', 'json', '--out', json],
    ];
    expect(place.run('coefficients', 'export', ...first).code).toBe(0);
    expect(place.run('coefficients', 'export', ...back).code).toBe(0);
    expect(readFileSync(json, 'utf8')).toBe(readFileSync('coefficients/sets/op-roofline.json', 'utf8'));
    expect(place.run('coefficients', 'show', 'set.yaml').code).toBe(0);
  });

  it('refuses to export a basis that BLIS does not have', () => {
    const { code, stderr } = place.run('coefficients', 'export', 'op-roofline', '--format', 'blis');
    expect(code).toBe(2);
    expect(stderr).toContain('COEFFICIENTS_INVALID');
    expect(stderr).toContain('--basis trained-physics');
  });

  it('sees slower steps in a canary and exits with 1, and passes what did not change', () => {
    const suite = place.bring('validation/public-suite', 'before');
    const later = place.bring('validation/public-suite', 'later');
    const [name = ''] = readdirSync(join(later, 'experiments')).filter((file) => file.startsWith('66-'));
    const file = join(later, 'experiments', name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/itlMeanMs: ([\d.]+)/gu, slower));
    const canary = (folder: string) =>
      place.run('coefficients', 'canary', 'op-roofline', folder, '--only', '66', '--before', suite, '--json');
    expect(canary(suite).code).toBe(0);
    const { code, stdout } = canary(later);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      isAgainstBefore: true,
      metrics: [
        { metric: 'ttftMeanMs', verdict: 'still true' },
        { metric: 'itlMeanMs', verdict: 'drifted' },
        { metric: 'e2eMeanMs', verdict: 'still true' },
      ],
    });
  }, 120_000);

  it('refuses a canary on a run that is not there', () => {
    const suite = place.bring('validation/public-suite', 'suite');
    const { code, stderr } = place.run('coefficients', 'canary', 'op-roofline', suite, '--only', '666');
    expect(code).toBe(2);
    expect(stderr).toContain('KEY_UNKNOWN');
  });
});
