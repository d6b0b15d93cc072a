import type { Experiment, MeasuredStage, RequestTraceWorkload } from '../trace/experiment.js';
import { stageRequests, type LoadStage } from '../trace/load-stage.js';
import type { RequestColumns, StageAggregate, Trace } from '../trace/trace.js';

/** Recorded arrivals as requests whose latencies nobody recorded. */
const arrivalsOnly = (workload: RequestTraceWorkload): RequestColumns => ({
  count: workload.arrivedAtUs.length,
  arrivedAtUs: workload.arrivedAtUs,
  firstTokenAtUs: new Float64Array(workload.arrivedAtUs.length).fill(NaN),
  finishedAtUs: new Float64Array(workload.arrivedAtUs.length).fill(NaN),
  promptTokens: workload.promptTokens,
  outputTokens: workload.outputTokens,
  promptId: workload.promptId,
  stage: workload.stage,
  status: new Uint8Array(workload.arrivedAtUs.length),
});

const NO_ARRIVALS = arrivalsOnly({
  kind: 'request-trace',
  arrivedAtUs: new Float64Array(),
  promptTokens: new Int32Array(),
  outputTokens: new Int32Array(),
  promptId: new Int32Array(),
  stage: new Uint16Array(),
});

/** Stages of an open-loop load; none where requests were recorded, or users wait for responses. */
function loadStages({ workload }: Experiment): readonly LoadStage[] {
  if (workload.kind === 'shared-prefix') return workload.stages;
  return workload.kind === 'synthetic' && workload.load.kind === 'rate' ? workload.load.stages : [];
}

/** Requests of a stage, by its own duration or as recorded; 0 when that is not known. */
function requestsOf({ stage }: MeasuredStage, experiment: Experiment): number {
  const { workload } = experiment;
  if (workload.kind === 'request-trace')
    return stage === 'all' ? workload.stage.length : workload.stage.filter((own) => own === stage).length;
  return loadStages(experiment).reduce(
    (sum, load, i) => (stage === 'all' || stage === i ? sum + stageRequests(load) : sum),
    0,
  );
}

/** Tokens every request generated, where the load says so. */
function generatedTokens({ workload }: Experiment): number | undefined {
  if (workload.kind === 'shared-prefix') return workload.outputTokens;
  return workload.kind === 'synthetic' && workload.outputTokens.law === 'constant'
    ? workload.outputTokens.value
    : undefined;
}

function aggregateOf(measured: MeasuredStage, experiment: Experiment): StageAggregate {
  const load = measured.stage === 'all' ? undefined : loadStages(experiment)[measured.stage];
  const tokens = generatedTokens(experiment);
  return {
    stage: measured.stage,
    requests: requestsOf(measured, experiment),
    ...(load === undefined ? {} : { requestedRatePerS: load.ratePerS }),
    ...(tokens === undefined ? {} : { meanOutputTokens: tokens }),
    metrics: measured.metrics,
  };
}

/** What an experiment of a suite says of its run, as a trace of stage figures: rules can judge it like any other. */
export function experimentTrace(experiment: Experiment): Trace {
  const { workload, server, model, gpu, workloadName, measured, assumesEngineVersion } = experiment;
  const { engineVersion, ...stated } = server;
  return {
    meta: {
      source: 'experiment',
      synthetic: false,
      clock: 'client',
      model,
      gpu,
      workloadName,
      server: assumesEngineVersion === true ? stated : { engineVersion, ...stated },
    },
    requests: workload.kind === 'request-trace' ? arrivalsOnly(workload) : NO_ARRIVALS,
    stages: measured.map((stage) => aggregateOf(stage, experiment)),
    diagnostics: [],
  };
}
