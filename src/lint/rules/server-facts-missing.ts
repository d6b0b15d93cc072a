import { SEVERITIES, type LintRule, type LintSubject, type Severity, type Sighting } from '../finding.js';
import type { TraceMeta } from '../../trace/trace.js';

/** What a replay needs to know of the server, and how much a wrong guess costs. */
const FACTS: readonly {
  readonly name: string;
  readonly severity: Severity;
  readonly why: string;
  readonly isKnown: (meta: TraceMeta) => boolean;
}[] = [
  {
    name: 'engine version',
    severity: 'warning',
    why: 'two batches deep from vLLM 0.14 on, which decides TTFT',
    isKnown: ({ engineVersion, server }) => (engineVersion ?? server?.engineVersion) !== undefined,
  },
  {
    name: 'number of KV blocks',
    severity: 'warning',
    why: 'it decides prefix hits, preemption and where the server saturates',
    isKnown: ({ server }) => server?.totalKvBlocks !== undefined,
  },
  {
    name: 'model',
    severity: 'warning',
    why: 'nothing can be priced without it',
    isKnown: ({ model }) => model !== undefined,
  },
  {
    name: 'GPU',
    severity: 'note',
    why: 'name it with `--gpu`',
    isKnown: ({ gpu }) => gpu !== undefined,
  },
  {
    name: 'tensor-parallel size',
    severity: 'note',
    why: '1 is assumed; `--tensor-parallel` says otherwise',
    isKnown: ({ server }) => server?.tensorParallelSize !== undefined,
  },
];

/** One sighting for all facts whose absence is equally bad. */
function sightingOf({ trace }: LintSubject, severity: Severity): Sighting[] {
  const missing = FACTS.filter((fact) => fact.severity === severity && !fact.isKnown(trace.meta));
  if (missing.length === 0) return [];
  const found = `not known: ${missing.map(({ name, why }) => `${name} (${why})`).join(', ')}`;
  return [{ severity, where: 'run', found, figures: { missing: missing.length } }];
}

/** A measurement without the server it was made on. */
export const serverFactsMissing: LintRule = {
  id: 'server-facts-missing',
  title: 'facts about the server that a replay needs',
  consequence:
    'Defaults are used in their place, and an error of the simulator cannot be told from a wrong setting.',
  remedy:
    'Put the server’s log (it states version, options and KV size) or its configuration into the folder of the run, or state them in the experiment.',
  hasEvidence: () => true,
  check: (subject) => SEVERITIES.flatMap((severity) => sightingOf(subject, severity)),
};
