import type { ExperimentResult, ValidationResult, ValidationRow } from '../../validate/validation-result.js';
import { loadCurve } from '../charts/load-curve.js';
import { timelineCharts } from '../charts/timeline.js';
import { left, paragraph, right, table, type Block } from '../document.js';
import { count, metricTitle, ms, pct, share, signedPct, stageTitle } from '../format.js';
import type { Details, DrillDown } from '../html/page.js';
import { shortModel } from './experiment-table.js';
import { knobSentence, varyingKnobs, type ServerKnob } from './server-knobs.js';

const errorOf = (rows: readonly ValidationRow[], metric: ValidationRow['metric']): string =>
  signedPct(rows.find((row) => row.stage === 'all' && row.metric === metric)?.errorPct);

const summary = (entry: ExperimentResult, rows: readonly ValidationRow[]): string =>
  `Run ${entry.experiment}: ${shortModel(entry.model)}, ${entry.gpu} x${entry.tensorParallelSize}, ${entry.workload} ` +
  `(${entry.split}); E2E ${errorOf(rows, 'e2eMeanMs')} %, TTFT ${errorOf(rows, 'ttftMeanMs')} %`;

const simulated = (entry: ExperimentResult): string =>
  `${entry.title}, measured by ${entry.source}. Simulated with ${count(entry.seeds)} seeds: ${count(entry.steps)} steps, ` +
  `${count(entry.preemptions)} preemptions, ${share(entry.prefixHitRatio)} of the prompt tokens found in the prefix cache, ` +
  `requests waiting for seats ${share(entry.seatLimitedRatio)} and for KV blocks ${share(entry.kvLimitedRatio)} of the time. ` +
  `Stages: ${entry.stages.map((stage) => `${stageTitle(stage.stage)} ${stage.verdict} the knee`).join(', ')}.`;

function figures(rows: readonly ValidationRow[]): Block[] {
  const peers = [...new Set(rows.flatMap((row) => Object.keys(row.peersMs)))].toSorted();
  return table(
    [left('stage'), left('metric'), right('measured ms'), right('predicted ms'), right('error %'), right('seeds %'), ...peers.map(right)],
    rows.map((row) => [
      stageTitle(row.stage),
      metricTitle(row.metric),
      ms(row.measuredMs),
      ms(row.predictedMs),
      signedPct(row.errorPct),
      pct(row.seedSpreadPct),
      ...peers.map((peer) => ms(row.peersMs[peer])),
    ]),
  );
}

function part(entry: ExperimentResult, rows: readonly ValidationRow[], knobs: readonly ServerKnob[]): Details {
  const curves = (['ttftMeanMs', 'e2eMeanMs'] as const).flatMap((metric) => loadCurve(entry, rows, metric));
  return {
    summary: summary(entry, rows),
    blocks: [
      paragraph(simulated(entry)),
      ...(knobs.length === 0 ? [] : [paragraph(`Server: ${knobSentence(entry, knobs)}.`)]),
      ...curves,
      ...timelineCharts(entry),
      ...figures(rows),
    ],
  };
}

/** One experiment after the other: what it was, its load curves, and every figure measured and predicted. */
export const drillDown = ({ experiments, rows }: ValidationResult): DrillDown => ({
  title: 'Run by run',
  note: 'Open a run for its load curves, its queue and KV cache over time, and for every figure, measured and predicted, with the peers beside.',
  parts: experiments.map((entry) =>
    part(
      entry,
      rows.filter((row) => row.experiment === entry.experiment),
      varyingKnobs(experiments),
    ),
  ),
});
