/** Counts finished pieces of work on stderr, for people only. */
export interface Progress {
  /** `done` of the total announced at the start. */
  update(done: number): void;
  stop(): void;
}

const SILENT: Progress = { update: () => {}, stop: () => {} };

/**
 * A progress bar on stderr, or nothing when stderr is not a terminal (cli-progress writes bytes even then, so it is not
 * even loaded).
 */
export async function startProgress(label: string, total: number): Promise<Progress> {
  if (!process.stderr.isTTY) return SILENT;
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stderr,
      clearOnComplete: true,
      gracefulExit: false,
      format: '{label} {bar} {value}/{total}',
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0, { label });
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
