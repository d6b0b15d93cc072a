import TinyQueue from 'tinyqueue';

/** Lanes of a timeline, from 0: intervals that overlap never share one, and the lowest free lane is taken. */
export class LaneQueue {
  readonly #taken = new TinyQueue<{ readonly lane: number; readonly endNs: number }>(
    [],
    (a, b) => a.endNs - b.endNs || a.lane - b.lane,
  );
  readonly #free = new TinyQueue<number>([], (a, b) => a - b);
  #lanes = 0;

  /** The lane of an interval that starts no earlier than the one before it. */
  take(startNs: number, endNs: number): number {
    for (
      let first = this.#taken.peek();
      first !== undefined && first.endNs <= startNs;
      first = this.#taken.peek()
    ) {
      this.#taken.pop();
      this.#free.push(first.lane);
    }
    const lane = this.#free.pop() ?? this.#lanes++;
    this.#taken.push({ lane, endNs });
    return lane;
  }
}
