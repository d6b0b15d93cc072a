import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { TruelineError } from '../../src/errors.js';
import { ingestPath } from '../../src/ingest/index.js';
import { randomStream, type RandomStream } from '../../src/random.js';
import { expectSound } from './expect-sound.js';
import { FUZZ_AGGREGATES } from './fuzz-aggregates.js';
import { FUZZ_DESCRIPTIONS } from './fuzz-descriptions.js';
import { FUZZ_DOCUMENTS } from './fuzz-documents.js';
import { FUZZ_INPUTS } from './fuzz-inputs.js';
import { MEMORY_FILES } from './memory-files.js';
import { encoded, mutated, mutatedBytes } from './mutations.js';
import { ZSTD_REQUESTS } from './zstd-requests.js';

vi.mock('node:fs', async () => (await import('./memory-files.js')).memoryFs);
vi.mock('node:fs/promises', async () => (await import('./memory-files.js')).memoryFsPromises);

/** Another seed looks elsewhere: `TRUELINE_FUZZ_SEED=7 npx vitest run test/ingest/fuzz.test.ts`. */
const SEED = Number(process.env['TRUELINE_FUZZ_SEED'] ?? '1');
const INPUTS = 20_000;
const FOLDER = '/fuzz';

/** One kind of input: a file to mutate, the files beside it, and what reads them. */
interface FuzzCase {
  readonly name: string;
  readonly file: string;
  readonly mutate: (random: RandomStream) => Buffer;
  readonly beside: Readonly<Record<string, string>>;
  readonly read: (folder: string) => Promise<unknown>;
  /** At least so many are read: others would be refused before anything of interest happens. */
  readonly leastReadRatio: number;
}

const ofText =
  (text: string) =>
  (random: RandomStream): Buffer =>
    encoded(mutated(text, random), random);

/** Reads a recording; what comes of it must be sound. */
async function readRecording(path: string): Promise<void> {
  expectSound(await ingestPath(path));
}

const recording = (name: string, mutate: FuzzCase['mutate'], leastReadRatio = 0.05): FuzzCase => ({
  name,
  file: name,
  mutate,
  beside: {},
  read: () => readRecording(`${FOLDER}/${name}`),
  leastReadRatio,
});

const BESIDE = { 'requests.jsonl': FUZZ_INPUTS['llm-serving-sim']! };

const CASES: readonly FuzzCase[] = [
  ...Object.entries({ ...FUZZ_INPUTS, ...FUZZ_AGGREGATES }).map(([name, text]) =>
    recording(name, ofText(text)),
  ),
  ...Object.entries(FUZZ_DESCRIPTIONS).map(([name, text]) => ({
    name,
    file: name,
    mutate: ofText(text),
    beside: BESIDE,
    read: () => readRecording(FOLDER),
    leastReadRatio: 0.05,
  })),
  ...FUZZ_DOCUMENTS.map(({ file, folder, read }) => ({
    name: file,
    file,
    mutate: ofText(folder[file]!),
    beside: folder,
    read,
    leastReadRatio: 0.05,
  })),
  recording('gzip', (random) => mutatedBytes(gzipSync(FUZZ_INPUTS['aiperf']!), random), 0),
  recording('zstd', (random) => mutatedBytes(ZSTD_REQUESTS, random), 0),
];

/** Reads one mutated input; anything but a sound result or a refusal with a code is an error that says how to repeat it. */
async function tryInput(
  { name, file, mutate, beside, read }: FuzzCase,
  number: number,
): Promise<'read' | 'refused'> {
  const bytes = mutate(randomStream(SEED, `${name}/${number}`));
  MEMORY_FILES.clear();
  for (const [path, text] of Object.entries(beside)) MEMORY_FILES.set(`${FOLDER}/${path}`, Buffer.from(text));
  MEMORY_FILES.set(`${FOLDER}/${file}`, bytes);
  try {
    await read(FOLDER);
    return 'read';
  } catch (error) {
    if (error instanceof TruelineError && error.file?.startsWith(FOLDER) === true) return 'refused';
    const what =
      error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error);
    throw new Error(
      `seed ${SEED}, ${name} input ${number}:\n${bytes.toString('utf8').slice(0, 3000)}\n${what}`,
      {
        cause: error,
      },
    );
  }
}

describe('mutated inputs', () => {
  const each = Math.ceil(INPUTS / CASES.length);

  it.each(CASES)(
    'of $name end in a sound result or a refusal with a code',
    { timeout: 300_000 },
    async (fuzzed) => {
      const outcomes = { read: 0, refused: 0 };
      for (let number = 0; number < each; number += 1) outcomes[await tryInput(fuzzed, number)] += 1;
      expect(outcomes.refused).toBeGreaterThan(0);
      expect(outcomes.read).toBeGreaterThan(fuzzed.leastReadRatio * each);
    },
  );
});
