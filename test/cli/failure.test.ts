import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../src/cli/failure.js';
import { TruelineError } from '../../src/errors.js';

describe('describeFailure', () => {
  it('says where, what and what to do about bad input, and leaves with 2', () => {
    const error = new TruelineError('TRACE_CLOCK', 'timestamp goes backwards', {
      file: 'run.jsonl',
      line: 7,
      hint: 'Sort it.',
    });
    expect(describeFailure(error, 'trueline ingest')).toEqual({
      exitCode: 2,
      text: 'run.jsonl:7: timestamp goes backwards [TRACE_CLOCK]\n  Sort it.',
    });
  });

  it("passes on commander's suggestion", () => {
    const error = new CommanderError(
      1,
      'commander.unknownOption',
      "error: unknown option '--modl'\n(Did you mean --model?)",
    );
    expect(describeFailure(error, 'trueline fit')).toEqual({
      exitCode: 2,
      text: "unknown option '--modl' [USAGE]\n  Did you mean --model? Run `trueline fit --help` for what it takes.",
    });
  });

  it('has nothing to add to help', () => {
    expect(describeFailure(new CommanderError(0, 'commander.helpDisplayed', ''), 'trueline')).toEqual({
      exitCode: 0,
      text: '',
    });
    expect(describeFailure(new CommanderError(1, 'commander.help', ''), 'trueline')).toEqual({
      exitCode: 2,
      text: '',
    });
  });

  it('does not blame the input for a broken law of the engine', () => {
    expect(describeFailure(new TruelineError('ENGINE_LAW_BROKEN', 'x'), 'trueline simulate').exitCode).toBe(
      70,
    );
  });

  it('owns up to everything else in one line and leaves with 70', () => {
    const failure = describeFailure(new RangeError('boom\nat x'), 'trueline demo');
    expect(failure.exitCode).toBe(70);
    expect(failure.text).toMatch(/^boom: this is a bug in Trueline\n/);
    expect(describeFailure('a string', 'trueline').text).toMatch(/^a string: this is a bug/);
  });
});
