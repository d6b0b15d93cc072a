import type { LoadClock } from '../../src/observe/index.js';

interface Event {
  readonly atUs: number;
  readonly happen: () => void;
}

/** A clock that jumps to the next thing that anybody waits for, once everybody does wait. */
export class VirtualClock implements LoadClock {
  #nowUs = 0;
  #events: Event[] = [];
  #pumping = false;

  nowUs(): number {
    return this.#nowUs;
  }

  sleepUntil(atUs: number, signal: AbortSignal): Promise<void> {
    return this.#at(atUs, signal);
  }

  /** Resolves `us` from now. */
  after(us: number): Promise<void> {
    return this.#at(this.#nowUs + us);
  }

  #at(atUs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const event = { atUs, happen: resolve };
      this.#events.push(event);
      signal?.addEventListener('abort', () => {
        this.#events = this.#events.filter((other) => other !== event);
        resolve();
      });
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const next = this.#events.toSorted((a, b) => a.atUs - b.atUs)[0];
      if (next === undefined || next.atUs === Infinity) return;
      this.#events = this.#events.filter((event) => event !== next);
      this.#nowUs = Math.max(this.#nowUs, next.atUs);
      next.happen();
      this.#pump();
    });
  }
}
