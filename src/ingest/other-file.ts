import type { FileProbe } from './probe-file.js';

/** A file that is known, but does not record a run. */
export interface OtherFile {
  readonly what: string;
  /** Where it belongs, or what to give instead. */
  readonly hint: string;
  readonly matches: (probe: FileProbe) => boolean;
  /** Refuses with a better reason than "not a run", when there is one. */
  readonly check?: (file: string) => Promise<unknown>;
}
