import { TruelineError } from '../../errors.js';
import { observe, sendLagMs, type Endpoint, type Observation } from '../../observe/index.js';
import { renderTraceSummary } from '../../report/index.js';
import { sToUs } from '../../units.js';
import type { CommonOptions } from '../conclude.js';
import { EXIT } from '../exit-code.js';
import { listenForInterrupt } from '../interruption.js';
import { startLoadClock } from '../load-clock.js';
import { planLoad, type LoadOptions } from '../load-plan.js';
import type { Outcome } from '../outcome.js';
import { startProgress } from '../progress.js';
import { checkTraceDestination, writeTraceFolder } from '../trace-folder.js';
import { checkTraceV2Destination, writeTraceV2Folder } from '../trace-v2-folder.js';
import { traceSummary } from '../trace-summary.js';

/** Options of `trueline observe`. */
export interface ObserveOptions extends CommonOptions, LoadOptions {
  readonly endpoint: Endpoint;
  readonly model?: string;
  readonly warmUp: number;
  readonly timeout?: number;
  readonly apiKeyEnv?: string;
  readonly seed: number;
  readonly out: string;
  readonly traceV2?: string;
  readonly force?: true;
}

/**
 * Sends a load to a server and writes what was observed as a trace folder. Interrupted, it writes what there is.
 * @throws USAGE; FILE_EXISTS before anything is sent; SERVER_UNREACHABLE; the codes of the readers
 */
export async function observeServer(
  address: string,
  experiment: string | undefined,
  options: ObserveOptions,
): Promise<Outcome> {
  const url = serverUrl(address);
  const headers = authorisation(options.apiKeyEnv);
  const write = { force: options.force === true };
  checkTraceDestination(options.out, write);
  if (options.traceV2 !== undefined) checkTraceV2Destination(options.traceV2, write);
  const plan = await planLoad(experiment, options);
  const progress = await startProgress('responses');
  const interruption = listenForInterrupt();
  try {
    const observation = await observe({
      url,
      headers,
      workload: plan.workload,
      ...(plan.workloadName === undefined ? {} : { workloadName: plan.workloadName }),
      seed: options.seed,
      endpoint: options.endpoint,
      ...(options.model === undefined ? {} : { model: options.model }),
      warmUpRequests: options.warmUp,
      ...(options.timeout === undefined ? {} : { timeoutUs: sToUs(options.timeout) }),
      startClock: startLoadClock,
      interrupted: interruption.signal,
      onResponse: (responses, planned) => progress.update(responses, planned),
    });
    writeTraceFolder(options.out, observation.trace, write);
    if (options.traceV2 !== undefined)
      writeTraceV2Folder(options.traceV2, observation.trace, write, chunkTimes(observation));
    if (interruption.signal.aborted) process.exitCode = EXIT.interrupted;
    return outcomeOf(observation, options.out);
  } finally {
    interruption.stopListening();
    progress.stop();
  }
}

/** @throws USAGE */
function serverUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new TruelineError('USAGE', `\`${address}\` is not the address of a server`, {
    hint: 'Give its root, like http://localhost:8000.',
  });
}

/** @throws USAGE when the variable is not set */
function authorisation(variable: string | undefined): Readonly<Record<string, string>> {
  if (variable === undefined) return {};
  const key = process.env[variable];
  if (key !== undefined && key !== '') return { authorization: `Bearer ${key}` };
  throw new TruelineError('USAGE', `the environment variable ${variable} is not set`, {
    hint: 'Name the variable that holds the key, not the key.',
  });
}

/** Instants of chunks on the clock of the trace, which starts with its first request. */
function chunkTimes({ observed }: Observation): number[][] {
  const startUs = observed[0]?.sentAtUs ?? 0;
  return observed.map(({ chunkAtUs }) => chunkAtUs.map((atUs) => atUs - startUs));
}

function outcomeOf({ trace, observed }: Observation, out: string): Outcome {
  const lag = sendLagMs(observed);
  const late = `Requests left this client ${lag.p50.toFixed(2)} ms (median) and ${lag.p99.toFixed(2)} ms (p99) after their time.`;
  return {
    text: (terminal) => `${renderTraceSummary(trace, terminal)}\n\n${late}\nWrote ${out}.`,
    json: () => ({ out, sendLagMs: lag, ...traceSummary(trace) }),
    passed: true,
  };
}
