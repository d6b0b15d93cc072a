import type { LoadStage } from '../trace/experiment.js';
import type { ServerConfig } from '../trace/server-config.js';
import type { RequestColumns, StageAggregate, StepColumns, TraceClock } from '../trace/trace.js';
import type { DiagnosticLog } from '../trace/diagnostic-log.js';
import type { SharedPrefix } from './kv-prefix-tree.js';
import type { FileProbe } from './probe-file.js';

/** What configuration files and logs say about a run. Anything may be unknown. */
export interface RunFacts {
  readonly model?: string;
  readonly engineVersion?: string;
  readonly workloadName?: string;
  readonly server?: Partial<ServerConfig>;
  /** Tokens every request generated, when the load ignored EOS. */
  readonly outputTokens?: number;
  /** Distinct prompts, sent round robin. */
  readonly distinctPrompts?: number;
  readonly stages?: readonly LoadStage[];
  /** Requests whose KV blocks moved between tiers or engines, by the engine's ids. */
  readonly movedKvRequestIds?: readonly string[];
  /** What KV events say of the prefix cache. */
  readonly kvCache?: {
    /** Blocks that were computed and stored; one that was evicted and computed again counts twice. */
    readonly storedBlocks: number;
    readonly sharedPrefixes: readonly SharedPrefix[];
  };
}

/** What one format contributes to a trace. */
export interface TracePart {
  /** Requests, and whose clock their instants are on. */
  readonly requests?: RequestColumns;
  readonly clock?: TraceClock;
  /** True for what a simulator made. */
  readonly synthetic?: boolean;
  readonly steps?: StepColumns;
  readonly stages?: readonly StageAggregate[];
  /** Facts that lie in the same file as the data. */
  readonly facts?: RunFacts;
}

interface Recognises {
  /** Name of the format, as `meta.source` shows it. */
  readonly format: string;
  /** What makes a file this format, for the error that lists what was looked for. */
  readonly looksFor: string;
  readonly matches: (probe: FileProbe) => boolean;
}

/** Reads configuration: done first, since data importers depend on it. */
export interface FactsImporter extends Recognises {
  readonly read: (files: readonly FileProbe[], log: DiagnosticLog) => Promise<RunFacts>;
}

/** Reads measurements. It gets every file of its format at once, since several formats spread a run over files. */
export interface DataImporter extends Recognises {
  readonly read: (files: readonly FileProbe[], facts: RunFacts, log: DiagnosticLog) => Promise<TracePart>;
}
