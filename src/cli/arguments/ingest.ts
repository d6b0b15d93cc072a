import type { Command } from 'commander';
import { conclude } from '../conclude.js';
import type { IngestOptions } from '../commands/ingest.js';
import { declareCommand } from './command.js';

/** `trueline ingest PATH --out DIR` */
export const declareIngest = (program: Command): Command =>
  declareCommand(
    program,
    'ingest',
    'Read a measurement in any supported format and write it as a Trueline trace folder.',
    'trueline ingest results/traces.json.gz --out traces/my-run',
  )
    .argument('<path>', 'file or folder; the format is recognised by its content, gzip too')
    .requiredOption('--out <dir>', 'trace folder to write')
    .option('--strict', 'refuse input of which anything would be dropped')
    .option('--force', 'replace the trace folder if it is there')
    .action((path: string, options: IngestOptions) =>
      conclude(options, async () => (await import('../commands/ingest.js')).ingest(path, options)),
    );
