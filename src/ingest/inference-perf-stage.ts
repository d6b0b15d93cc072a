import { basename } from 'node:path';
import type { StageAggregate } from '../trace/trace.js';

/** Stage of an inference-perf report: the one thing only its file's name says. Undefined for summaries. */
export function stageNumber(file: string): number | undefined {
  const digits = /stage_(\d+)_/u.exec(basename(file))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

const position = ({ stage }: StageAggregate): number => (stage === 'all' ? Infinity : stage);

/** Order of stages, the summary over all of them last. */
export const stageOrder = (a: StageAggregate, b: StageAggregate): number => {
  const [first, second] = [position(a), position(b)];
  return first === second ? 0 : first - second;
};
