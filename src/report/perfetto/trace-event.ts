import { NS_PER_US } from '../../units.js';

/** What an event shows when it is selected. */
export type EventArgs = Readonly<Record<string, string | number>>;

/** Process and thread: the two levels of names in a timeline. */
export interface Track {
  readonly pid: number;
  readonly tid: number;
}

/**
 * One event of the Trace Event Format: complete (X), instant (i), counter (C) or metadata (M). `ts` and `dur` are µs with
 * the resolution of a nanosecond.
 * Source: Chromium, "Trace Event Format" (2016); read by ui.perfetto.dev and chrome://tracing.
 */
export type TraceEvent = Track & { readonly name: string; readonly args: EventArgs } & (
    | { readonly ph: 'X'; readonly ts: number; readonly dur: number }
    | { readonly ph: 'i'; readonly s: 't'; readonly ts: number }
    | { readonly ph: 'C'; readonly ts: number }
    | { readonly ph: 'M' }
  );

/** Whole nanoseconds, so that slices which touch still touch after rounding. */
export const wholeNs = (us: number): number => Math.round(us * NS_PER_US);

/** Something that lasts, between two instants in whole ns. */
export const slice = (
  track: Track,
  name: string,
  startNs: number,
  endNs: number,
  args: EventArgs = {},
): TraceEvent => ({
  ph: 'X',
  ...track,
  ts: startNs / NS_PER_US,
  dur: (endNs - startNs) / NS_PER_US,
  name,
  args,
});

/** Something that happens at once. */
export const instant = (track: Track, name: string, atUs: number, args: EventArgs): TraceEvent => ({
  ph: 'i',
  s: 't',
  ...track,
  ts: wholeNs(atUs) / NS_PER_US,
  name,
  args,
});

/** Values from an instant on, one curve per argument. */
export const counter = (track: Track, name: string, atUs: number, values: EventArgs): TraceEvent => ({
  ph: 'C',
  ...track,
  ts: wholeNs(atUs) / NS_PER_US,
  name,
  args: values,
});

/** How a process is called. */
export const processName = (track: Track, name: string): TraceEvent => ({
  ph: 'M',
  ...track,
  name: 'process_name',
  args: { name },
});

/** How a thread is called, and its place among the threads of its process: threads are sorted by number. */
export const threadNames = (track: Track, name: string): TraceEvent[] => [
  { ph: 'M', ...track, name: 'thread_name', args: { name } },
  { ph: 'M', ...track, name: 'thread_sort_index', args: { sort_index: track.tid } },
];
