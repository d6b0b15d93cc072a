import { afterAll, describe, expect, it } from 'vitest';
import { workplace } from './run-cli.js';

const COMMANDS = [
  'demo',
  'ingest',
  'inspect',
  'lint',
  'fit',
  'coefficients',
  'simulate',
  'sweep',
  'observe',
  'validate',
  'report',
  'check',
  'predict',
  'score',
  'merge',
];
const place = workplace();
afterAll(place.remove);

describe('help', () => {
  it('names every command and where to begin', () => {
    const { code, stdout, stderr } = place.run('--help');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) .*\[options\]/gmu)].map(([, name]) => name);
    expect(listed).toEqual(COMMANDS);
    expect(stdout).toContain('trueline demo');
  });

  it.each(COMMANDS)('of %s has an example that starts with the command', (command) => {
    const { code, stdout, stderr } = place.run(command, '--help');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`Usage: trueline ${command}`);
    expect(stdout).toMatch(new RegExp(`Example:\n {2}trueline ${command}\\b`, 'u'));
    expect(stdout).toContain('--json');
  });

  it('goes to stderr with exit code 2 when no command is named', () => {
    const { code, stdout, stderr } = place.run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: trueline');
  });

  it('has a version', () => {
    expect(place.run('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });
});
