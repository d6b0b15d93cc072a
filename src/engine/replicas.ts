import type { LatencyModel } from '../coefficients/latency-model.js';
import type { Arrivals } from './arrivals.js';
import type { EngineLimits } from './engine-limits.js';
import { EngineLoop } from './engine-loop.js';
import { newEngineState, type EngineState } from './engine-state.js';
import { LawChecker } from './laws.js';
import { LoadBalancer } from './load-balancer.js';
import { ReplicaInbox } from './replica-inbox.js';
import { RequestLog } from './request-log.js';
import type { RequestTable } from './request-table.js';
import type { StepTotals } from './simulation-summary.js';

interface Replica {
  readonly engine: EngineState;
  readonly inbox: ReplicaInbox;
  readonly loop: EngineLoop;
  readonly laws: LawChecker | undefined;
}

/**
 * Data-parallel replicas of a dense model: engines that share nothing but the load balancer before them. Each takes
 * turns of its own; the one whose clock is furthest behind goes first, after every request that has arrived by then.
 * Source: vLLM v0.15.1, core_client.py `DPLBAsyncMPClient`.
 */
export class Replicas {
  readonly engines: readonly EngineState[];
  /** Replica each request went to, by row. */
  readonly replicaOf: Int32Array;
  readonly #source: Arrivals;
  readonly #replicas: readonly Replica[];
  readonly #balancer: LoadBalancer;

  constructor(
    count: number,
    table: RequestTable,
    limits: EngineLimits,
    source: Arrivals,
    latency: LatencyModel,
    totals: StepTotals,
    check: boolean,
  ) {
    const log = new RequestLog(table.count);
    this.#source = source;
    this.#balancer = new LoadBalancer(count);
    this.replicaOf = new Int32Array(table.count);
    this.#replicas = Array.from({ length: count }, () => {
      const engine = newEngineState(table, limits, log);
      const inbox = new ReplicaInbox(source);
      const laws = check ? new LawChecker(engine, inbox) : undefined;
      // Observed steps are taken one by one, so that the balancer sees the queues as they were at every instant.
      const loop = new EngineLoop(engine, inbox, latency, totals, () => undefined, laws);
      return { engine, inbox, loop, laws };
    });
    this.engines = this.#replicas.map(({ engine }) => engine);
  }

  /** Runs until every request has its response. */
  run(): void {
    while (this.#turn());
    for (const { laws } of this.#replicas) laws?.ended();
  }

  #turn(): boolean {
    const wakes = this.#replicas.map(({ loop }) => loop.wakesUs());
    const nowUs = Math.min(...wakes);
    const inboxUs = this.#source.nextInboxUs;
    if (nowUs === Infinity && inboxUs === Infinity) return false;
    this.#balancer.advance(Math.min(nowUs, inboxUs));
    if (inboxUs <= nowUs) this.#route();
    else this.#turnOf(wakes.indexOf(nowUs));
    return true;
  }

  #route(): void {
    const chosen = this.#balancer.choose();
    this.replicaOf[this.#source.nextRow] = chosen;
    this.#replicas[chosen]!.inbox.receive();
  }

  #turnOf(index: number): void {
    const { loop, engine } = this.#replicas[index]!;
    loop.turn();
    const { waiting, seats } = engine;
    this.#balancer.report(index, { atUs: loop.nowUs, waiting: waiting.size, running: seats.count });
  }
}
