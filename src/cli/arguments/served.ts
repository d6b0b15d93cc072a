import type { Command } from 'commander';
import { count } from './numbers.js';

/** What was served on what, where the input does not say. */
export interface ServedOptions {
  readonly model?: string;
  readonly gpu?: string;
  readonly tensorParallel?: number;
}

/** Adds the options that name model, GPU and parallelism. */
export const addServedOptions = (command: Command): Command =>
  command
    .option('--model <name>', 'model: a shipped name, or a Hugging Face config.json')
    .option('--gpu <name>', 'GPU: a shipped name, or a data-sheet file')
    .option('--tensor-parallel <n>', 'GPUs per model replica', count);
