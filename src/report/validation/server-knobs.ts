import type { ExperimentResult } from '../../validate/validation-result.js';

/** A setting that experiments differ in. */
export interface ServerKnob {
  /** As in `ExperimentResult.settings`. */
  readonly name: string;
  /** vLLM's own name of the option, where it has one. */
  readonly title: string;
}

const KNOBS: readonly ServerKnob[] = [
  { name: 'tensorParallelSize', title: 'tensor_parallel_size' },
  { name: 'dataParallelSize', title: 'data_parallel_size' },
  { name: 'expertParallel', title: 'enable_expert_parallel' },
  { name: 'precision', title: 'precision' },
  { name: 'maxNumBatchedTokens', title: 'max_num_batched_tokens' },
  { name: 'maxNumSeqs', title: 'max_num_seqs' },
  { name: 'maxModelLenTokens', title: 'max_model_len' },
  { name: 'gpuMemoryUtilizationRatio', title: 'gpu_memory_utilization' },
  { name: 'cpuKvBlocks', title: 'KV offloading' },
  { name: 'prefixCaching', title: 'enable_prefix_caching' },
  { name: 'chunkedPrefill', title: 'enable_chunked_prefill' },
  { name: 'asyncScheduling', title: 'async_scheduling' },
  { name: 'longPrefillTokenThreshold', title: 'long_prefill_token_threshold' },
  { name: 'blockSizeTokens', title: 'block_size' },
  { name: 'schedulingPolicy', title: 'scheduling_policy' },
  { name: 'engineVersion', title: 'vLLM version' },
];

const onOff = (value: boolean): string => (value ? 'on' : 'off');

/** The setting of one experiment for people; undefined when the result does not say. A CPU tier is on or off, whatever its size. */
export function knobValue({ settings }: ExperimentResult, { name }: ServerKnob): string | undefined {
  if (settings === undefined) return undefined;
  const value = settings[name];
  if (name === 'cpuKvBlocks') return onOff(Number(value ?? 0) > 0);
  if (value === undefined) return 'default';
  return typeof value === 'boolean' ? onOff(value) : String(value);
}

/** Numbers by size, words by letter. */
export const byValue = (a: string, b: string): number =>
  Number(a) - Number(b) || (a < b ? -1 : Number(a > b));

/** The values a knob takes, in order. */
export const knobValues = (experiments: readonly ExperimentResult[], knob: ServerKnob): string[] =>
  [...new Set(experiments.flatMap((entry) => knobValue(entry, knob) ?? []))].toSorted(byValue);

/** Knobs that do not stand the same in all experiments. */
export const varyingKnobs = (experiments: readonly ExperimentResult[]): ServerKnob[] =>
  KNOBS.filter((knob) => knobValues(experiments, knob).length > 1);

/** The settings of one server in a line: those that experiments of this result differ in. */
export const knobSentence = (entry: ExperimentResult, knobs: readonly ServerKnob[]): string =>
  knobs.map((knob) => `${knob.title} ${knobValue(entry, knob) ?? 'unknown'}`).join(', ');
