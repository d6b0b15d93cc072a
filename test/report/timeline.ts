import * as z from 'zod';
import { renderPerfetto } from '../../src/report/index.js';
import type { Trace } from '../../src/trace/trace.js';

const track = { pid: z.int().positive(), tid: z.int().positive(), name: z.string().min(1) };
const ts = z.number().nonnegative();
const label = z.strictObject({ name: z.string() });
const figures = z.record(z.string(), z.number());

/** The part of the Trace Event Format that is written, strictly: a key or type more is an error. */
const event = z.union([
  z.strictObject({
    ph: z.literal('X'),
    ...track,
    ts,
    dur: z.number().nonnegative(),
    args: z.record(z.string(), z.union([z.number(), z.string()])),
  }),
  z.strictObject({ ph: z.literal('i'), s: z.literal('t'), ...track, ts, args: figures }),
  z.strictObject({ ph: z.literal('C'), ...track, ts, args: figures }),
  z.strictObject({
    ph: z.literal('M'),
    ...track,
    args: z.union([label, z.strictObject({ sort_index: z.int() })]),
  }),
]);
const timeline = z.strictObject({ displayTimeUnit: z.literal('ms'), traceEvents: z.array(event) });

export type TimelineEvent = z.infer<typeof event>;
export type Slice = Extract<TimelineEvent, { ph: 'X' }>;

export const GPU_TRACK = { pid: 1, tid: 2 };

/** What a viewer would find in the timeline of a trace. */
export const timelineOf = (trace: Trace): TimelineEvent[] =>
  timeline.parse(JSON.parse([...renderPerfetto(trace)].join('\n'))).traceEvents;

export const slicesOf = (events: readonly TimelineEvent[], pid: number, tid?: number): Slice[] =>
  events.filter(
    (candidate): candidate is Slice =>
      candidate.ph === 'X' && candidate.pid === pid && (tid === undefined || candidate.tid === tid),
  );

/** End of a slice in µs to the nanosecond, which is what is written. */
export const endOf = ({ ts: start, dur }: Slice): number => Math.round((start + dur) * 1e3) / 1e3;
