import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  renderValidationResult,
  renderValidationResultSchema,
} from '../../src/cli/validation-result-file.js';
import { madeUpValidation } from '../report/made-up-results.js';
import { workplace } from './run-cli.js';

const place = workplace();
afterAll(place.remove);
const saved = renderValidationResult(madeUpValidation());
writeFileSync(join(place.folder, 'result.json'), saved);

const read = (name: string): string => readFileSync(join(place.folder, name), 'utf8');

describe('trueline report', () => {
  it('writes a page with the chart runtime inside', () => {
    const { code, stderr } = place.run('report', 'result.json', '--format', 'html', '--out', 'r.html');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read('r.html')).toContain('const expressionInterpreter = (() => {');
    expect(read('r.html')).not.toContain("from 'vega-util'");
  });

  it('writes charts beside Markdown that names them from where it lies', () => {
    const { code, stderr } = place.run(
      'report',
      'result.json',
      '--format',
      'markdown',
      '--out',
      'folder/README.md',
      '--figures',
      'charts',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read('folder/README.md')).toContain('](../charts/scatter-e2eMeanMs.svg)');
    expect(read('charts/scatter-e2eMeanMs.svg')).toMatch(/^<svg /u);
  });

  it('gives back the result as JSON', () => {
    const { stdout } = place.run('report', 'result.json', '--format', 'json');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(saved));
  });

  it('reports a result saved before results had settings, loads and timelines', () => {
    const { experiments, ...rest } = madeUpValidation();
    const earlier = experiments.map(({ settings: _s, served: _l, timeline: _t, ...entry }) => ({
      ...entry,
      stages: entry.stages.map(({ batch: _b, ...stage }) => stage),
    }));
    writeFileSync(join(place.folder, 'earlier.json'), JSON.stringify({ ...rest, experiments: earlier }));
    const { code, stderr, stdout } = place.run('report', 'earlier.json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Every run');
    expect(stdout).not.toContain('By server setting');
  });

  it.each([
    ['csv', /^experiment,split,model,/u],
    [
      'latex',
      /^\\documentclass[\s\S]*\\section\*\{Validation on [\s\S]*\\toprule[\s\S]*\\end\{document\}\n$/u,
    ],
  ])('renders %s', (format, pattern) => {
    expect(place.run('report', 'result.json', '--format', format).stdout).toMatch(pattern);
  });

  it('holds a result against another, in every form', () => {
    writeFileSync(join(place.folder, 'after.json'), saved);
    const { code, stdout } = place.run('report', 'result.json', 'after.json');
    expect(code).toBe(0);
    expect(stdout).toContain('Everything is held against result');
    expect(stdout).toMatch(/after +E2E mean +4 +1\.9 +1\.9 +0\.0 .*no difference seen/u);
    expect(place.run('report', 'result.json', 'after.json', '--format', 'html').stdout).toMatch(
      /^<!doctype html>/u,
    );
    expect(place.run('report', 'result.json', 'after.json', '--format', 'csv').stdout).toMatch(
      /^experiment,stage,metric,/u,
    );
  });

  it('refuses to count one result twice', () => {
    const { code, stderr } = place.run('report', 'result.json', 'result.json');
    expect(code).toBe(2);
    expect(stderr).toContain('result.json is named twice');
  });

  it('shows the card of the coefficient set beside the result', () => {
    const { stdout } = place.run(
      'report',
      'result.json',
      '--coefficients',
      'op-roofline',
      '--format',
      'markdown',
    );
    expect(stdout).toContain('## Coefficient set op-roofline');
    expect(stdout).toContain('### Where they come from');
  });

  it('refuses charts for forms that name no files', () => {
    const { code, stderr } = place.run('report', 'result.json', '--format', 'csv', '--figures', 'no');
    expect(code).toBe(2);
    expect(stderr).toContain('--figures does not go with --format csv');
    expect(place.names()).not.toContain('no');
  });
});

describe('docs/schemas', () => {
  it('is current: run `npm run schemas`', () => {
    expect(readFileSync('docs/schemas/validation-result.schema.json', 'utf8')).toBe(
      renderValidationResultSchema(),
    );
  });
});
