/** The front end hears of queue lengths at most this often. */
const PUBLISH_EVERY_US = 100_000;

/** Requests of a replica at an instant. */
export interface Load {
  readonly atUs: number;
  readonly waiting: number;
  readonly running: number;
}

const IDLE: Load = { atUs: 0, waiting: 0, running: 0 };

/**
 * Which data-parallel replica a request goes to: the one with the least 4 · waiting + running, the first of equals, by
 * counts that are published every 100 ms (here: at multiples of it) and in between grow with each request sent. For one
 * front end; several would each count their own requests only.
 * Source: vLLM v0.15.1, core_client.py `DPLBAsyncMPClient.get_core_engine_for_request`, coordinator.py.
 */
export class LoadBalancer {
  /** What each replica reported last, and before that. */
  readonly #latest: Load[];
  readonly #previous: Load[];
  /** What the front end believes. */
  readonly #waiting: number[];
  readonly #running: number[];
  #publishedUs = 0;

  constructor(replicas: number) {
    this.#latest = Array.from({ length: replicas }, () => IDLE);
    this.#previous = [...this.#latest];
    this.#waiting = this.#latest.map(() => 0);
    this.#running = this.#latest.map(() => 0);
  }

  /** What a replica has at the end of a turn. */
  report(replica: number, load: Load): void {
    this.#previous[replica] = this.#latest[replica]!;
    this.#latest[replica] = load;
  }

  /**
   * Publishes, once, the counts of the last multiple of 100 ms. To be called before any replica begins a turn at this
   * instant: so at most one report of each replica is later than what is published.
   */
  advance(nowUs: number): void {
    const publishUs = Math.floor(nowUs / PUBLISH_EVERY_US) * PUBLISH_EVERY_US;
    if (publishUs <= this.#publishedUs) return;
    this.#publishedUs = publishUs;
    this.#latest.forEach((latest, replica) => {
      const load = latest.atUs <= publishUs ? latest : this.#previous[replica]!;
      this.#waiting[replica] = load.waiting;
      this.#running[replica] = load.running;
    });
  }

  /** The replica for a request that is sent now. */
  choose(): number {
    const scores = this.#waiting.map((waiting, replica) => 4 * waiting + this.#running[replica]!);
    const chosen = scores.indexOf(Math.min(...scores));
    this.#waiting[chosen]! += 1;
    return chosen;
  }
}
