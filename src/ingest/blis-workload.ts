import { isRecord, withoutUndefined } from '../text/object-keys.js';
import type { LoadStage } from '../trace/experiment.js';
import type { FactsImporter, RunFacts } from './importer.js';
import type { FileProbe } from './probe-file.js';
import { onlyOne } from './only-one.js';
import { asNumber, asString, hasKeys, items, member, memberAt } from './value-guards.js';

function stagesOf(load: unknown): LoadStage[] | undefined {
  const stages = items(member(load, 'stages')).flatMap((stage) => {
    const [ratePerS, durationS] = [asNumber(member(stage, 'rate')), asNumber(member(stage, 'duration'))];
    return ratePerS === undefined || durationS === undefined ? [] : [{ ratePerS, durationS }];
  });
  return stages.length === 0 ? undefined : stages;
}

/** Tokens that every request generates, when all clients ask for one constant number. */
function constantOutput(spec: unknown): number | undefined {
  const shared = asNumber(memberAt(spec, 'inference_perf', 'shared_prefix', 'output_len'));
  if (shared !== undefined) return shared;
  const lengths = items(member(spec, 'clients')).map((client) => {
    const law = member(client, 'output_distribution');
    return member(law, 'type') === 'constant' ? asNumber(memberAt(law, 'params', 'value')) : undefined;
  });
  return new Set(lengths).size === 1 ? lengths[0] : undefined;
}

function factsOf(spec: unknown): RunFacts {
  const prefix = memberAt(spec, 'inference_perf', 'shared_prefix');
  const groups = asNumber(member(prefix, 'num_unique_system_prompts'));
  const users = asNumber(member(prefix, 'num_users_per_system_prompt'));
  return withoutUndefined({
    model: asString(memberAt(items(member(spec, 'clients'))[0], 'model')),
    outputTokens: constantOutput(spec),
    distinctPrompts: groups === undefined || users === undefined ? undefined : groups * users,
    stages: stagesOf(member(spec, 'inference_perf')),
  });
}

const LOADS = ['clients', 'cohorts', 'servegen_data', 'inference_perf'] as const;

/** True for a BLIS workload specification. */
const isWorkload = ({ kind, value }: FileProbe): boolean =>
  kind === 'yaml' &&
  isRecord(value) &&
  LOADS.some((key) => key in value) &&
  (hasKeys(value, 'version') || hasKeys(value, 'seed'));

/** BLIS workload specifications: load stages, prompt counts and output length of the run beside them. */
export const blisWorkloadImporter: FactsImporter = {
  format: 'blis-workload',
  looksFor:
    'BLIS workloads: YAML with `clients`, `cohorts`, `servegen_data` or `inference_perf`, and `version` or `seed`',
  matches: isWorkload,
  read: async (files) => Promise.resolve(factsOf(onlyOne(files, 'workload')?.value)),
};
