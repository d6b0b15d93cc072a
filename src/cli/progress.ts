/** Counts finished pieces of work on stderr, for people only. */
export interface Progress {
  update(done: number, total: number): void;
  /** Removes the bar. */
  stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };

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
    update: (done, total) => {
      if (bar.isActive) bar.update(done);
      else bar.start(total, done, { label });
    },
    stop: () => bar.stop(),
  };
}
