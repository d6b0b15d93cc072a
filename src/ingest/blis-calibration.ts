import type { StageAggregate } from '../trace/trace.js';
import { usToMs } from '../units.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { DataImporter, RunFacts, TracePart } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { stageMetrics } from './stage-metrics.js';
import { asNumber, hasKeys, memberAt } from './value-guards.js';

function aggregateOf({ value }: FileProbe, stage: number): StageAggregate {
  const ms = (metric: string, statistic: string): number | undefined => {
    const us = asNumber(memberAt(value, 'metrics', metric, 'workload_level', `real_${statistic}`));
    return us === undefined ? undefined : usToMs(us);
  };
  return {
    stage,
    requests: asNumber(memberAt(value, 'trace_info', 'num_requests')) ?? 0,
    failed: 0,
    metrics: stageMetrics(ms, ms('itl', 'mean')),
  };
}

async function readReports(
  files: readonly FileProbe[],
  _facts: RunFacts,
  log: DiagnosticLog,
): Promise<TracePart> {
  log.add(
    'doubt',
    'report-secondary',
    'reports restate another tool, whose definition of inter-token latency they keep',
    files.length,
  );
  return Promise.resolve({ stages: files.map(aggregateOf), clock: 'client' });
}

/**
 * BLIS calibration reports: the measured side of the comparison (µs), not the simulated one. Their measured time per token
 * counts the usage chunk as a token and is low by about 1/N (inference-sim/inference-sim@f90a1e3, sim/workload/calibrate.go).
 */
export const blisCalibrationImporter: DataImporter = {
  format: 'blis-calibration',
  looksFor: 'BLIS calibration reports: an object with `trace_info`, `metrics`, `config_match`',
  matches: ({ kind, value }) => kind === 'json' && hasKeys(value, 'trace_info', 'metrics', 'config_match'),
  read: readReports,
};
