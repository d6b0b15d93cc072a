/** Counts finished pieces of work on stderr, for people only. */
export interface Progress {
  /** @param label takes the place of the one before */
  update(done: number, total: number, label?: string): void;
  /** Removes the bar. */
  stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };

/** Reading less than this is over before a bar can be read. */
const LEAST_SHOWN_BYTES = 20e6;

/** The part of a bar that says how fast bytes come and how long the others will take; nothing in the first moment. */
export function rateAndRemaining(readBytes: number, totalBytes: number, elapsedMs: number): string {
  if (readBytes <= 0 || elapsedMs < 200) return 'MB';
  const bytesPerMs = readBytes / elapsedMs;
  const remainingS = Math.ceil((totalBytes - readBytes) / bytesPerMs / 1e3);
  return `MB, ${Math.round(bytesPerMs / 1e3)} MB/s, ${remainingS} s left`;
}

const toMb = (bytes: number): number => Math.round(bytes / 1e6);

/** A progress bar over the bytes of large files: how much was read, how fast, and how long the rest takes. */
export async function startReadProgress(): Promise<Progress> {
  const bar = await startProgress('MB');
  const startedMs = performance.now();
  return {
    update: (readBytes, totalBytes) => {
      if (totalBytes < LEAST_SHOWN_BYTES) return;
      const label = rateAndRemaining(readBytes, totalBytes, performance.now() - startedMs);
      bar.update(toMb(readBytes), toMb(totalBytes), label);
    },
    stop: () => bar.stop(),
  };
}

/**
 * A progress bar on stderr, or nothing when stderr is not a terminal (cli-progress writes bytes even then, so it is not
 * even loaded).
 * @param label what is counted, in the plural
 */
export async function startProgress(label: string): Promise<Progress> {
  if (!process.stderr.isTTY) return SILENT;
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stderr,
      clearOnComplete: true,
      gracefulExit: false,
      // Wrapping stays on: a killed process could not turn it on again.
      linewrap: true,
      format: '{bar} {value}/{total} {label}',
    },
    cliProgress.Presets.shades_classic,
  );
  return {
    update: (done, total, now = label) => {
      if (bar.isActive) bar.update(done, { label: now });
      else bar.start(total, done, { label: now });
    },
    stop: () => bar.stop(),
  };
}
