import type { ExperimentResult, RunTimeline } from '../../validate/index.js';
import { right, type Block } from '../document.js';
import { pct, share } from '../format.js';
import { figureId, PALETTE, chart } from './theme.js';

const peak = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);

const TIME = {
  field: 's',
  type: 'quantitative' as const,
  title: 'simulated time (s)',
  axis: { grid: false },
};

/** The middle of every interval, in s. */
const instants = ({ intervalS, running }: RunTimeline): number[] =>
  running.map((_, i) => Math.round(100 * (i + 0.5) * intervalS) / 100);

/** Rows where a line may bend: those between two equal ones lie on it anyway. */
const corners = (values: readonly number[]): number[] =>
  [...values.keys()].filter((i) => values[i - 1] !== values[i] || values[i] !== values[i + 1]);

function queueSpec(timeline: RunTimeline, times: readonly number[]): ReturnType<typeof chart> {
  const of = { field: 'of', type: 'nominal' as const, title: null, sort: ['running', 'waiting'] };
  const values = (['running', 'waiting'] as const).flatMap((name) =>
    corners(timeline[name]).map((i) => ({ s: times[i], of: name, requests: timeline[name][i] })),
  );
  return chart({
    height: 120,
    data: { values },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.5 },
        encoding: {
          x: TIME,
          y: { field: 'requests', type: 'quantitative', title: 'requests' },
          color: { ...of, scale: { range: [PALETTE[0], PALETTE[3]] } },
          strokeDash: {
            ...of,
            scale: {
              range: [
                [1, 0],
                [4, 2],
              ],
            },
          },
        },
      },
    ],
  });
}

const kvSpec = ({ kvUsedRatio }: RunTimeline, times: readonly number[]): ReturnType<typeof chart> =>
  chart({
    height: 120,
    data: { values: corners(kvUsedRatio).map((i) => ({ s: times[i], used: kvUsedRatio[i] })) },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.5, color: PALETTE[2] },
        encoding: {
          x: TIME,
          y: {
            field: 'used',
            type: 'quantitative',
            title: 'KV blocks in use',
            axis: { format: '.0%', tickCount: 4 },
            scale: { domainMin: 0, nice: true },
          },
        },
      },
    ],
  });

function timelineTable({ running, waiting, kvUsedRatio }: RunTimeline, times: readonly number[]): string[][] {
  return times.map((s, i) => [pct(s), pct(running[i]), pct(waiting[i]), share(kvUsedRatio[i])]);
}

/** Running and waiting requests, and KV blocks in use, of one simulated run over time. */
export function timelineCharts({ experiment, timeline }: ExperimentResult): Block[] {
  if (timeline === undefined) return [];
  const times = instants(timeline);
  const data = {
    columns: ['time (s)', 'running', 'waiting', 'KV blocks in use'].map(right),
    rows: timelineTable(timeline, times),
  };
  const [running, waiting, used] = [timeline.running, timeline.waiting, timeline.kvUsedRatio].map(peak);
  return [
    {
      kind: 'figure',
      id: figureId('queue', experiment),
      caption: 'Requests running and waiting in simulation, means over a hundredth of the run each.',
      alt: `Running and waiting requests over time: at most ${pct(running)} run and ${pct(waiting)} wait.`,
      spec: queueSpec(timeline, times),
      data,
    },
    {
      kind: 'figure',
      id: figureId('kv', experiment),
      caption: `KV blocks held by running requests in simulation, of ${timeline.kvBlocks}.`,
      alt: `KV blocks in use over time: at most ${share(used)}.`,
      spec: kvSpec(timeline, times),
      data,
    },
  ];
}
