/** Every way Trueline refuses an input, as a literal code that tests and scripts can match on. */
export type ErrorCode =
  | 'ARCH_UNSUPPORTED'
  | 'BASIS_BAD_BATCH'
  | 'COEFFICIENTS_INVALID'
  | 'COEFFICIENTS_MISSING'
  | 'ENGINE_INVALID'
  | 'ENGINE_LAW_BROKEN'
  | 'EXPERIMENT_INVALID'
  | 'FILE_BAD_GZIP'
  | 'FILE_EXISTS'
  | 'FILE_NOT_FOUND'
  | 'FILE_TRUNCATED'
  | 'FILE_UNREADABLE'
  | 'FIT_INVALID'
  | 'FORMAT_INVALID'
  | 'FORMAT_UNKNOWN'
  | 'GPU_UNKNOWN'
  | 'KEY_UNKNOWN'
  | 'MODEL_UNKNOWN'
  | 'SAMPLE_EMPTY'
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
