import { mkdtemp, rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TruelineError } from '../../src/errors.js';
import { ingestPath } from '../../src/ingest/index.js';
import { randomStream } from '../../src/random.js';
import { filesToTrace, traceToFiles } from '../../src/trace/trace-file.js';
import type { Trace } from '../../src/trace/trace.js';
import { FUZZ_INPUTS } from './fuzz-inputs.js';
import { encoded, mutated } from './mutations.js';

/** Another seed looks elsewhere: `TRUELINE_FUZZ_SEED=7 npx vitest run test/ingest/fuzz.test.ts`. */
const SEED = Number(process.env['TRUELINE_FUZZ_SEED'] ?? '1');
const INPUTS = 20_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trueline-fuzz-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What is read can be written and read again: no figure in it is impossible. */
function checkTrace(trace: Trace): void {
  const again = filesToTrace(traceToFiles(trace));
  expect(again.requests.count).toBe(trace.requests.count);
  expect(again.steps?.count).toBe(trace.steps?.count);
}

/** Reads one mutated input; anything but a sound trace or a refusal with a code is an error that says how to repeat it. */
async function tryInput(format: string, text: string, number: number): Promise<'read' | 'refused'> {
  const random = randomStream(SEED, `${format}/${number}`);
  const bytes = encoded(mutated(text, random), random);
  const file = join(folder, format);
  writeFileSync(file, bytes);
  try {
    checkTrace(await ingestPath(file));
    return 'read';
  } catch (error) {
    if (error instanceof TruelineError && error.file?.startsWith(folder) === true) return 'refused';
    const what =
      error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error);
    throw new Error(
      `seed ${SEED}, ${format} input ${number}:\n${bytes.toString('utf8').slice(0, 3000)}\n${what}`,
      { cause: error },
    );
  }
}

describe('mutated inputs', () => {
  const formats = Object.entries(FUZZ_INPUTS);
  const each = Math.ceil(INPUTS / formats.length);

  it.each(formats)(
    'of %s end in a sound trace or a refusal with a code',
    { timeout: 300_000 },
    async (format, text) => {
      const outcomes = { read: 0, refused: 0 };
      for (let number = 0; number < each; number += 1) outcomes[await tryInput(format, text, number)] += 1;
      expect(outcomes.refused).toBeGreaterThan(0);
      if (format !== 'exp-config') expect(outcomes.read).toBeGreaterThan(each / 20);
    },
  );
});
