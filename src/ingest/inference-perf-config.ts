import { isRecord, withoutUndefined } from '../text/object-keys.js';
import type { LoadStage } from '../trace/experiment.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { FactsImporter, RunFacts } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { asNumber, asString, items, member } from './value-guards.js';

const SECTIONS = ['api', 'data', 'load', 'server'] as const;

/**
 * inference-perf writes the configuration it resolved with every option spelt out, unset ones as null; what a user asks
 * for names only what is set. Old versions ignored keys they did not know, so only the resolved file says what ran.
 */
const isResolved = (config: unknown): boolean => isRecord(config) && Object.values(config).includes(null);

function stagesOf(config: unknown): LoadStage[] | undefined {
  const stages = items(member(member(config, 'load'), 'stages')).map((stage) => ({
    ratePerS: asNumber(member(stage, 'rate')),
    durationS: asNumber(member(stage, 'duration')),
  }));
  const known = stages.flatMap(({ ratePerS, durationS }) =>
    ratePerS === undefined || durationS === undefined ? [] : [{ ratePerS, durationS }],
  );
  return known.length === 0 || known.length < stages.length ? undefined : known;
}

/** Both spellings of the prompt counts: old heads and heads since February 2026. */
function distinctPrompts(prefix: unknown): number | undefined {
  const groups =
    asNumber(member(prefix, 'num_groups')) ?? asNumber(member(prefix, 'num_unique_system_prompts'));
  const perGroup =
    asNumber(member(prefix, 'num_prompts_per_group')) ??
    asNumber(member(prefix, 'num_users_per_system_prompt'));
  return groups === undefined || perGroup === undefined ? undefined : groups * perGroup;
}

/** The part of an inference-perf configuration that describes what was sent. */
function factsOfConfig(config: unknown): RunFacts {
  const prefix = member(member(config, 'data'), 'shared_prefix');
  const ignoresEos = member(member(config, 'server'), 'ignore_eos') === true;
  return withoutUndefined({
    model: asString(member(member(config, 'server'), 'model_name')),
    outputTokens: ignoresEos ? asNumber(member(prefix, 'output_len')) : undefined,
    distinctPrompts: distinctPrompts(prefix),
    stages: stagesOf(config),
  });
}

async function readConfigs(files: readonly FileProbe[], log: DiagnosticLog): Promise<RunFacts> {
  const resolved = files.find(({ value }) => isResolved(value));
  const chosen = resolved ?? files[0];
  if (resolved === undefined) {
    log.add(
      'doubt',
      'config-not-resolved',
      'the load configuration is the one asked for, perhaps not the one that ran',
    );
  }
  return Promise.resolve(factsOfConfig(chosen?.value));
}

/** inference-perf's `config.yaml` (and the profile it was started with). */
export const inferencePerfConfigImporter: FactsImporter = {
  format: 'inference-perf-config',
  looksFor: 'inference-perf config.yaml: a mapping with two or more of `api`, `data`, `load`, `server`',
  matches: ({ kind, value }) =>
    (kind === 'yaml' || kind === 'json') &&
    SECTIONS.filter((section) => isRecord(member(value, section))).length >= 2,
  read: readConfigs,
};
