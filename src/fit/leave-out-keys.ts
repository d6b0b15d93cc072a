/**
 * What experiments can be left out by: all those with one value of it at once. A file of its own, because the command line
 * lists them in its help and loads nothing else of this folder for that.
 */
export const LEAVE_OUT_KEYS = ['model', 'gpu', 'workload'] as const;
export type LeaveOutKey = (typeof LEAVE_OUT_KEYS)[number];
