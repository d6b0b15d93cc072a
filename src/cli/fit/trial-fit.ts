import { basisByName, type BasisContext } from '../../basis/index.js';
import { priorValues, readCatalog } from '../../coefficients/index.js';
import { requestTraceWorkload } from '../../engine/index.js';
import { TruelineError } from '../../errors.js';
import { fitRequests, fitSteps, type FitResult } from '../../fit/index.js';
import type { TrialFit } from '../../report/index.js';
import type { Trace } from '../../trace/trace.js';
import type { ServedOptions } from '../arguments/served.js';
import { resolveServed } from '../served.js';
import { simulatedTimeline } from './fit-request-logs.js';
import { scopeOf } from './fitted-runs.js';

/** What `trueline fit` fits unless told otherwise. */
const BASIS = 'op-roofline';
/** Simulating more than this takes longer than people wait for a summary. */
const MAX_REQUESTS = 20_000;

const notTried = (why: string): TrialFit => ({ kind: 'not tried', why });

/** One pass: which coefficients the requests can tell apart hardly depends on the values they are simulated with. */
function fitOnce(run: { id: string; trace: Trace; context: BasisContext }): FitResult {
  const basis = basisByName(BASIS);
  if ((run.trace.steps?.periodUs ?? []).some((us) => us > 0)) return fitSteps(basis, [run]);
  const workload = requestTraceWorkload(run.trace, run.id);
  return fitRequests(basis, [
    { ...run, timeline: simulatedTimeline(run, workload, basis, priorValues(basis)) },
  ]);
}

/** What is missing to fit a run; undefined when nothing is. */
function missing({ meta, requests, steps }: Trace, served: ServedOptions): string | undefined {
  if ((steps?.count ?? 0) === 0 && requests.count === 0) return 'it holds neither steps nor single requests';
  if ((served.model ?? meta.model) === undefined) return 'the model is not known; name it with `--model`';
  if ((served.gpu ?? meta.gpu) === undefined) return 'the GPU is not known; name it with `--gpu`';
  const isTimed = steps?.periodUs.some((us) => us > 0) ?? false;
  if (!isTimed && requests.count > MAX_REQUESTS)
    return `it would simulate ${requests.count} requests; \`trueline fit\` takes that time`;
  return undefined;
}

/** Fits a run alone, for what it can tell apart. Whatever stands in the way is said, not thrown. */
export async function trialFit(path: string, trace: Trace, served: ServedOptions): Promise<TrialFit> {
  const why = missing(trace, served);
  if (why !== undefined) return notTried(why);
  try {
    const context = await resolveServed(await readCatalog(), served, trace.meta, path);
    const result = fitOnce({ id: path, trace, context });
    return { kind: 'fitted', result, arch: context.arch, scope: scopeOf([context]) };
  } catch (error) {
    if (error instanceof TruelineError) return notTried(`${error.message} [${error.code}]`);
    throw error;
  }
}
