import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic, writeFolderAtomic } from '../../src/cli/write-atomic.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trueline-write-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const keep = { force: false };
const replace = { force: true };

describe('writeFileAtomic', () => {
  it('writes into folders it makes and leaves nothing else behind', () => {
    writeFileAtomic(join(folder, 'a', 'b.json'), ['te', 'xt'], keep);
    expect(readFileSync(join(folder, 'a', 'b.json'), 'utf8')).toBe('text');
    expect(readdirSync(join(folder, 'a'))).toEqual(['b.json']);
  });

  it('keeps what is there unless forced', () => {
    const path = join(folder, 'b.json');
    writeFileAtomic(path, ['old'], keep);
    expect(() => writeFileAtomic(path, ['new'], keep)).toThrow(
      expect.objectContaining({ code: 'FILE_EXISTS' }),
    );
    expect(readFileSync(path, 'utf8')).toBe('old');
    writeFileAtomic(path, ['new'], replace);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['b.json']);
  });

  it('names the destination when it cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    const path = join(folder, 'file', 'b.json');
    expect(() => writeFileAtomic(path, ['x'], keep)).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE', file: path }),
    );
  });

  it.skipIf(!existsSync('/proc/version'))('gives up, on Linux, where no folder can be made', () => {
    const path = '/proc/no-such-folder/b.json';
    expect(() => writeFileAtomic(path, ['x'], keep)).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE', file: path }),
    );
  });
});

describe('writeFolderAtomic', () => {
  const files = { 'a.csv': 'a', 'b.csv': undefined };

  it('writes the files that exist and leaves nothing else behind', () => {
    writeFolderAtomic(join(folder, 'run'), files, keep);
    expect(readdirSync(folder)).toEqual(['run']);
    expect(readdirSync(join(folder, 'run'))).toEqual(['a.csv']);
  });

  it('replaces as a whole when forced: no file of the old folder survives', () => {
    const run = join(folder, 'run');
    writeFolderAtomic(run, { ...files, 'b.csv': 'old' }, keep);
    expect(() => writeFolderAtomic(run, files, keep)).toThrow(
      expect.objectContaining({ code: 'FILE_EXISTS' }),
    );
    writeFolderAtomic(run, files, replace);
    expect(readdirSync(run)).toEqual(['a.csv']);
    expect(readdirSync(folder)).toEqual(['run']);
  });

  it('never deletes a folder that holds a file of somebody else, forced or not', () => {
    const run = join(folder, 'run');
    mkdirSync(run);
    writeFileSync(join(run, 'thesis.tex'), 'mine');
    expect(() => writeFolderAtomic(run, files, replace)).toThrow(
      expect.objectContaining({
        code: 'FILE_EXISTS',
        message: "holds a file that is not Trueline's: thesis.tex",
      }),
    );
    expect(readdirSync(run)).toEqual(['thesis.tex']);
  });

  it('leaves the old folder when writing fails half-way', () => {
    const run = join(folder, 'run');
    writeFolderAtomic(run, files, keep);
    const bad = { 'a.csv': 'new', 'x/y.csv': 'no such folder' };
    expect(() => writeFolderAtomic(run, bad, replace)).toThrow(
      expect.objectContaining({ code: 'FILE_UNWRITABLE' }),
    );
    expect(readFileSync(join(run, 'a.csv'), 'utf8')).toBe('a');
    expect(readdirSync(folder)).toEqual(['run']);
  });
});
