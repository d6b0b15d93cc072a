import { describe, expect, it } from 'vitest';
import { buildRequests, clientArrivals } from '../../src/engine/index.js';
import type { ObservedRequest } from '../../src/observe/index.js';
import { runLoad } from '../../src/observe/run-load.js';
import type { SyntheticWorkload, Workload } from '../../src/trace/experiment.js';
import { VirtualClock } from './virtual-clock.js';

const NEVER = new AbortController().signal;

/** Sends a workload to a server that takes `serviceUs` for each request. */
async function sent(
  workload: Workload,
  serviceUs: number,
  interrupted: (clock: VirtualClock) => AbortSignal = () => NEVER,
): Promise<ObservedRequest[]> {
  const clock = new VirtualClock();
  const { table, arrivals } = clientArrivals(buildRequests(workload, 7), 0);
  const send = async (row: number, dueAtUs: number): Promise<ObservedRequest> => {
    const sentAtUs = clock.nowUs();
    await clock.after(serviceUs);
    const generated = { text: '', tokenIds: [] };
    const status = 'finished';
    return {
      row,
      id: String(row),
      dueAtUs,
      sentAtUs,
      chunkAtUs: [],
      endedAtUs: clock.nowUs(),
      status,
      generated,
    };
  };
  return runLoad(arrivals, table.count, send, clock, interrupted(clock));
}

const LENGTHS: Pick<SyntheticWorkload, 'kind' | 'prompts' | 'outputTokens'> = {
  kind: 'synthetic',
  prompts: { questionTokens: { law: 'constant', value: 10 } },
  outputTokens: { law: 'constant', value: 4 },
};
const OPEN: Workload = {
  ...LENGTHS,
  load: {
    kind: 'rate',
    gaps: { law: 'constant' },
    fillStages: true,
    stages: [{ ratePerS: 10, durationS: 0.5 }],
  },
};

describe('an open loop', () => {
  it('sends when the load says, whatever becomes of requests before', async () => {
    const requests = await sent(OPEN, 10e6);
    const planned = buildRequests(OPEN, 7);
    expect(requests.map(({ sentAtUs }) => sentAtUs)).toEqual([...planned.arrivedAtUs]);
    expect(requests.every(({ sentAtUs, dueAtUs }) => sentAtUs === dueAtUs)).toBe(true);
  });

  it('with a pause between stages waits for the last response first', async () => {
    const load = OPEN.kind === 'synthetic' && OPEN.load.kind === 'rate' ? OPEN.load : undefined;
    const [stage] = load!.stages;
    const requests = await sent(
      { ...LENGTHS, load: { ...load!, stages: [stage!, stage!], stageGapS: 1 } },
      3e6,
    );
    const first = requests.slice(0, 5);
    const lastResponse = Math.max(...first.map(({ endedAtUs }) => endedAtUs));
    expect(Math.min(...requests.slice(5).map(({ sentAtUs }) => sentAtUs))).toBeGreaterThanOrEqual(
      lastResponse + 1e6,
    );
  });

  it('stops sending when it is interrupted', async () => {
    const requests = await sent(OPEN, 10, (clock) => {
      const stop = new AbortController();
      void clock.after(250_000).then(() => stop.abort());
      return stop.signal;
    });
    const inTime = [...buildRequests(OPEN, 7).arrivedAtUs].filter((atUs) => atUs <= 250_000).length;
    expect(requests).toHaveLength(inTime);
  });
});

describe('a closed loop', () => {
  it('keeps as many requests open as there are users, each thinking before the next', async () => {
    const workload: Workload = {
      ...LENGTHS,
      load: { kind: 'users', users: 2, sessions: 6, thinkTimeS: { law: 'constant', value: 0.5 } },
    };
    const requests = await sent(workload, 1e6);
    const starts = requests.map(({ sentAtUs }) => sentAtUs - requests[0]!.sentAtUs);
    expect(starts).toEqual([0, 0, 1.5e6, 1.5e6, 3e6, 3e6]);
  });

  it('sends a turn when the answer before has come and the user has thought', async () => {
    const workload: Workload = {
      ...LENGTHS,
      load: { kind: 'users', users: 1, sessions: 1, thinkTimeS: { law: 'constant', value: 0 } },
      conversations: { turns: { law: 'constant', value: 3 }, thinkTimeS: { law: 'constant', value: 2 } },
    };
    const requests = await sent(workload, 1e6);
    expect(requests.map(({ sentAtUs }) => sentAtUs)).toEqual([0, 3e6, 6e6]);
  });
});
