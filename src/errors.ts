/** Every way Trueline refuses an input, as a literal code that tests and scripts can match on. */
export type ErrorCode =
  | 'ARCH_UNSUPPORTED'
  | 'BASELINE_INVALID'
  | 'BASIS_BAD_BATCH'
  | 'COEFFICIENTS_INVALID'
  | 'COEFFICIENTS_MISSING'
  | 'ENGINE_INVALID'
  | 'ENGINE_LAW_BROKEN'
  | 'EXPERIMENT_INVALID'
  | 'FILE_BAD_ENCODING'
  | 'FILE_BAD_GZIP'
  | 'FILE_BAD_ZSTD'
  | 'FILE_EXISTS'
  | 'FILE_NOT_FOUND'
  | 'FILE_TOO_LARGE'
  | 'FILE_TRUNCATED'
  | 'FILE_UNREADABLE'
  | 'FILE_UNWRITABLE'
  | 'FIT_INVALID'
  | 'FORMAT_INVALID'
  | 'FORMAT_UNKNOWN'
  | 'GPU_UNKNOWN'
  | 'KEY_UNKNOWN'
  | 'MODEL_UNKNOWN'
  | 'NOT_A_RUN'
  | 'RECORD_INVALID'
  | 'SAMPLE_EMPTY'
  | 'SERVER_UNREACHABLE'
  | 'STRICT_DROPPED'
  | 'SUITE_INVALID'
  | 'TRACE_CLOCK'
  | 'TRACE_EMPTY'
  | 'TRACE_INVALID'
  | 'USAGE'
  | 'WORKLOAD_INVALID';

/** Where an error was found and what the user can do about it. */
export interface ErrorContext {
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** One imperative sentence: what to do. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The only error class of Trueline: what was found (`message`), where, and what to do. */
export class TruelineError extends Error {
  override readonly name = 'TruelineError';
  readonly code: ErrorCode;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.file = context.file;
    this.line = context.line;
    this.hint = context.hint;
  }
}

/** One line for people: `run.jsonl:1042: timestamp goes backwards [TRACE_CLOCK]`, then the hint on its own line. */
export function renderError(error: TruelineError): string {
  const place =
    error.file === undefined ? '' : `${error.file}${error.line === undefined ? '' : `:${error.line}`}: `;
  const hint = error.hint === undefined ? '' : `\n  ${error.hint}`;
  return `${place}${error.message} [${error.code}]${hint}`;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/gu, '');

/** Insertions, deletions and substitutions that turn `a` into `b` (Levenshtein), ignoring case and `_`/`-`. */
function editDistance(a: string, b: string): number {
  const [from, to] = [plain(a), plain(b)];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The known name a misspelt one most likely meant, or undefined when none is near (over 40 % of its letters differ). */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(0.4 * name.length)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}
