import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ingestPath } from '../../src/ingest/index.js';
import { MAIN, workplace, type Workplace } from './run-cli.js';

const STEPS = 60_000;

const attribute = (key: string, value: number): object => ({ key, value: { intValue: String(value) } });

/** A line of OTLP with one step. */
const stepLine = (id: number): string =>
  JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                name: 'scheduler_steps',
                events: [
                  {
                    timeUnixNano: '1',
                    name: 'step.BATCH_SUMMARY',
                    attributes: [
                      attribute('step.id', id),
                      attribute('step.ts_start_ns', id * 10_000_000),
                      attribute('batch.num_prefill_reqs', 0),
                      attribute('batch.num_decode_reqs', 1),
                      attribute('batch.prefill_tokens', 0),
                      attribute('batch.decode_tokens', 1),
                    ],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  });

let place: Workplace;
beforeEach(() => {
  place = workplace();
  const lines = Array.from({ length: STEPS }, (_, i) => stepLine(i + 1));
  writeFileSync(join(place.folder, 'traces.json'), lines.join('\n'));
});
afterEach(() => place.remove());

it.each(['SIGINT', 'SIGTERM'] as const)(
  'an ingest that %s ends leaves a whole trace or nothing, whenever it comes',
  { timeout: 120_000 },
  async (signal) => {
    for (const afterMs of [150, 400, 700, 1000, 1500]) {
      const out = `out-${afterMs}`;
      const child = spawn(process.execPath, [MAIN, 'ingest', 'traces.json', '--out', out], {
        cwd: place.folder,
      });
      const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
        child.once('exit', (code, by) => resolve(code ?? by));
      });
      await setTimeout(afterMs);
      child.kill(signal);
      expect([0, 130, signal]).toContain(await ended);
      if (place.names().includes(out))
        expect((await ingestPath(join(place.folder, out))).steps?.count).toBe(STEPS);
      expect(place.names().filter((name) => name.startsWith('.'))).toEqual([]);
    }
  },
);
