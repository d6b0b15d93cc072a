import { gzipSync } from 'node:zlib';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shipped, workplace, type Workplace } from './run-cli.js';

const TRACE = 'traces/synthetic-mistral-nemo-tp1';
const EXPERIMENT = 'validation/public-suite/experiments/16-llama-3-1-8b-tp1-general-1.yaml';

let place: Workplace;
beforeEach(() => {
  place = workplace();
});
afterEach(() => {
  place.remove();
});

const write = (name: string, content: string | Uint8Array): void => {
  writeFileSync(join(place.folder, name), content);
};

/** The experiment with one line replaced; returns the 1-based number of that line. */
function brokenExperiment(line: RegExp, replacement: string): number {
  const text = readFileSync(shipped(EXPERIMENT), 'utf8');
  write('e.yaml', text.replace(line, replacement));
  return text.slice(0, text.search(line)).split('\n').length;
}

/** A normalised trace whose first request row has `value` in `column`. */
function brokenTrace(column: string, value: string): void {
  place.run('ingest', shipped(TRACE), '--out', 'run');
  const path = join(place.folder, 'run/requests.csv');
  const [head = '', first = '', ...rest] = readFileSync(path, 'utf8').split('\n');
  const at = head.split(',').indexOf(column);
  const cells = first.split(',').map((cell, i) => (i === at ? value : cell));
  writeFileSync(path, [head, cells.join(','), ...rest].join('\n'));
}

/** Exit code 2, nothing on stdout, one message with its code and at most a hint: never a stack. */
function expectRefusal(args: readonly string[], code: string, message: string): string {
  const before = place.names();
  const run = place.run(...args);
  expect(run.stderr).toContain(`[${code}]`);
  expect(run.stderr.split('\n')[0]).toContain(message);
  expect(run.stderr).not.toMatch(/^\s+at |\bNaN ms\b|node:internal/mu);
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
  expect(place.names()).toEqual(before);
  return run.stderr;
}

describe('usage', () => {
  it.each([
    [['fti'], "unknown command 'fti'", 'Did you mean fit?'],
    [['fit', 'x', '--modle', 'y'], "unknown option '--modle'", 'Did you mean --model?'],
    [['ingest', 'x'], "required option '--out <dir>'", 'trueline ingest --help'],
    [['inspect'], "missing required argument 'path'", 'trueline inspect --help'],
    [['inspect', 'a', 'b'], 'too many arguments', 'trueline inspect --help'],
    [['simulate', '--rate', '0'], 'Expected a number above 0', 'trueline simulate --help'],
    [['validate', '--seeds', '1.5'], 'Expected a whole number', 'trueline validate --help'],
    [['validate', '--seeds', '1e12'], 'Expected a whole number from 1 to 1000', 'trueline validate --help'],
    [['validate', '--split', 'both'], 'Allowed choices are train, test, all', 'trueline validate --help'],
    [['simulate'], 'no load to simulate', '--rate'],
    [
      ['simulate', '--replay', 'run', '--rate', '4'],
      '--rate and --replay both describe the load',
      'Leave out',
    ],
    [['simulate', 'e.yaml', '--replay', 'run'], '--replay and an experiment file', 'Leave out --replay'],
    [['simulate', '--workload', 'chat'], 'Allowed choices are chatbot, code', 'trueline simulate --help'],
    [
      ['fit', 'cross-validate', '--leave-out', 'seed'],
      'Allowed choices are model, gpu, workload',
      'trueline fit cross-validate --help',
    ],
    [['fit', '--gpu', 'H100', 'cross-validate'], '--gpu stands before `cross-validate`', './cross-validate'],
  ])('%j', (args, message, hint) => {
    expect(expectRefusal(args, 'USAGE', message)).toContain(hint);
  });

  it('of a load given twice', () => {
    expectRefusal(['simulate', shipped(EXPERIMENT), '--rate', '4'], 'USAGE', '--rate and an experiment file');
  });

  it('of a trace that does not say what it was measured on', () => {
    const stderr = expectRefusal(['fit', shipped(TRACE)], 'USAGE', 'does not say which gpu');
    expect(stderr).toContain('Add --gpu');
  });

  it('of a suite among traces', () => {
    const suite = shipped('validation/public-suite');
    expectRefusal(['fit', suite, shipped(TRACE)], 'USAGE', 'a suite is fitted alone');
  });
});

describe('files', () => {
  it('missing', () => {
    expectRefusal(['ingest', 'nope', '--out', 'run'], 'FILE_NOT_FOUND', 'nope: ');
    expectRefusal(['report', 'nope.json'], 'FILE_NOT_FOUND', 'nope.json: ');
    expectRefusal(['validate', 'nope'], 'FILE_NOT_FOUND', 'nope: ');
    expectRefusal(['simulate', 'nope.yaml'], 'FILE_NOT_FOUND', 'nope.yaml: ');
  });

  it('cut off', () => {
    const whole = readFileSync(shipped(`${TRACE}/traces.json.gz`));
    write('cut.json.gz', whole.subarray(0, whole.length / 2));
    expectRefusal(['ingest', 'cut.json.gz', '--out', 'run'], 'FILE_TRUNCATED', 'cut.json.gz: ');
  });

  it('no gzip behind a gzip header', () => {
    write('bad.gz', Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    expectRefusal(['ingest', 'bad.gz', '--out', 'run'], 'FILE_BAD_GZIP', 'bad.gz: ');
  });

  it('in no known format', () => {
    write('notes.txt.gz', gzipSync('hello'));
    const stderr = expectRefusal(
      ['ingest', 'notes.txt.gz', '--out', 'run'],
      'FORMAT_UNKNOWN',
      'notes.txt.gz: ',
    );
    expect(stderr).toContain('OTLP');
    expectRefusal(['validate', place.folder], 'FORMAT_UNKNOWN', 'not a suite folder');
  });

  it('that are there already, before any work', () => {
    write('result.json', '{}');
    expectRefusal(['validate', '--out', 'result.json'], 'FILE_EXISTS', 'result.json: ');
    expectRefusal(['fit', 'nope', '--out', 'result.json'], 'FILE_EXISTS', 'result.json: ');
    expectRefusal(['ingest', 'nope', '--out', 'result.json'], 'FILE_EXISTS', 'result.json: ');
    expectRefusal(
      ['ingest', 'nope', '--out', place.folder, '--force'],
      'FILE_EXISTS',
      "not Trueline's: result.json",
    );
  });

  it('that are no validation result', () => {
    write('result.json', '{"formatVersion": 1,\n "sweet": 2}');
    expectRefusal(['report', 'result.json'], 'KEY_UNKNOWN', 'result.json:2: unknown key `sweet`');
  });
});

describe('traces', () => {
  it.each(['NaN', 'soon'])('with the arrival %s', (value) => {
    brokenTrace('arrivedAtUs', value);
    expectRefusal(['fit', 'run', '--gpu', 'H100'], 'FORMAT_INVALID', 'requests.csv:2: `arrivedAtUs`');
  });

  it('whose clock goes backwards', () => {
    brokenTrace('arrivedAtUs', '9e9');
    expectRefusal(['inspect', 'run'], 'TRACE_CLOCK', 'requests.csv:2: ');
  });

  it('with a key nobody knows', () => {
    place.run('ingest', shipped(TRACE), '--out', 'run');
    const path = join(place.folder, 'run/trace.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"clock"', '"clok"'));
    expect(expectRefusal(['inspect', 'run'], 'KEY_UNKNOWN', 'unknown key `clok`')).toContain('`clock`');
  });

  it('without a single request or step', () => {
    write('empty.jsonl', '{"resourceSpans":[]}\n');
    expectRefusal(['ingest', 'empty.jsonl', '--out', 'run'], 'TRACE_EMPTY', 'empty.jsonl: ');
  });
});

describe('experiments', () => {
  it.each([
    [/ratePerS: .*/u, 'ratePerS: 0', 'EXPERIMENT_INVALID', 'ratePerS'],
    [/durationS: .*/u, 'durationS: -1', 'EXPERIMENT_INVALID', 'durationS'],
    [/outputTokens: .*/u, 'outputTokens: .nan', 'EXPERIMENT_INVALID', 'outputTokens'],
    [/maxNumSeqs:/u, 'maxNumSeq:', 'KEY_UNKNOWN', 'maxNumSeq'],
  ])('%s → %s', (line, replacement, code, field) => {
    const number = brokenExperiment(line, replacement);
    const stderr = expectRefusal(['simulate', 'e.yaml'], code, field);
    expect(stderr).toContain(`e.yaml:${number}: `);
  });

  it('on a GPU or of a model nobody knows', () => {
    const experiment = shipped(EXPERIMENT);
    expect(expectRefusal(['simulate', experiment, '--gpu', 'H1000'], 'GPU_UNKNOWN', 'H1000')).toContain(
      'H100',
    );
    const stderr = expectRefusal(
      ['simulate', experiment, '--model', 'lama-3.1-8b'],
      'MODEL_UNKNOWN',
      'lama-3.1-8b',
    );
    expect(stderr).toContain('`llama-3.1-8b`');
  });

  it('of an architecture that is not modelled', () => {
    const config = {
      architectures: ['DeepseekV2ForCausalLM'],
      model_type: 'deepseek_v2',
      hidden_size: 2048,
      intermediate_size: 10_944,
      num_hidden_layers: 27,
      num_attention_heads: 16,
      kv_lora_rank: 512,
      vocab_size: 102_400,
    };
    write('config.json', JSON.stringify(config));
    expectRefusal(
      ['simulate', shipped(EXPERIMENT), '--model', 'config.json'],
      'ARCH_UNSUPPORTED',
      'config.json: ',
    );
  });

  it('that leave no room for a KV cache', () => {
    const model = ['--model', 'llama-3.1-70b-instruct', '--tensor-parallel', '1'];
    expectRefusal(['simulate', shipped(EXPERIMENT), ...model], 'ENGINE_INVALID', 'no room');
  });

  it('priced with coefficients nobody knows', () => {
    expectRefusal(
      ['simulate', shipped(EXPERIMENT), '--coefficients', 'nope'],
      'COEFFICIENTS_MISSING',
      'nope',
    );
  });
});
