import { TruelineError } from '../errors.js';
import { batchTokens } from '../trace/batch-shape.js';
import type { Arrivals } from './arrivals.js';
import type { EngineClock } from './engine-clock.js';
import type { CpuTier } from './cpu-tier/cpu-tier.js';
import { LIMITED_BY_NOTHING, type EngineState } from './engine-state.js';
import { lastToken } from './generated-tokens.js';
import { DECODE } from './seats.js';

/** Blocks looked at per turn, on average: small pools are counted every turn, large ones now and then. */
const BLOCKS_PER_TURN = 64;

/**
 * What must be true of every simulation, checked from outside the code that keeps it true. Every law counts anew what
 * the engine only keeps up to date. A broken one is a bug of the engine, never of its input.
 */
export class LawChecker {
  readonly #engine: EngineState;
  readonly #arrivals: Arrivals;
  readonly #turnsPerCount: number;
  #turns = 0;
  #nowUs = 0;

  constructor(engine: EngineState, arrivals: Arrivals) {
    this.#engine = engine;
    this.#arrivals = arrivals;
    this.#turnsPerCount = Math.ceil(engine.limits.usableBlocks / BLOCKS_PER_TURN);
  }

  /** After `schedule()`: budget, seats, and no idle capacity while something could use it. */
  scheduled(tokens: number): void {
    const { limits, batch, seats, waiting, limitedBy, tier } = this.#engine;
    if (tokens > 0)
      this.#require(batchTokens(batch) === tokens, 'the batch holds the tokens that were scheduled');
    this.#require(tokens <= limits.maxNumBatchedTokens, 'a batch stays within maxNumBatchedTokens');
    this.#require(seats.count <= limits.maxNumSeqs, 'running requests stay within maxNumSeqs');
    const budgetLeft = limits.maxNumBatchedTokens - tokens;
    const blockedByBudget = budgetLeft === 0 || !limits.chunkedPrefill;
    this.#require(
      waiting.size <= (tier?.aside.length ?? 0) || limitedBy !== LIMITED_BY_NOTHING || blockedByBudget,
      'a request waits only for budget, seats or blocks',
    );
  }

  /** After each turn of the loop. */
  turned(clock: EngineClock): void {
    this.#require(clock.nowUs >= this.#nowUs, 'the clock never goes back');
    this.#nowUs = clock.nowUs;
    this.#requests();
    if (this.#turns++ % this.#turnsPerCount === 0) this.#blocks();
  }

  /** After the last response. */
  ended(): void {
    this.#requests();
    this.#blocks();
    this.#require(this.#arrivals.finished === this.#arrivals.taken, 'every request ends');
    const parked = new Set([...(this.#engine.tier?.parked.values() ?? [])].flatMap((held) => [...held]));
    this.#require(
      this.#engine.pool.free === this.#engine.limits.usableBlocks - parked.size,
      'an idle engine holds no blocks but those being copied',
    );
    for (let row = 0; row < this.#engine.table.count; row++) this.#timeline(row);
  }

  /** Requests are conserved, and decodes are those seats say they are. */
  #requests(): void {
    const { seats, waiting, decodes } = this.#engine;
    let running = 0;
    let decoding = 0;
    let contextOffset = 0;
    for (let seat = seats.first; seat >= 0; seat = seats.next[seat]!) {
      running++;
      if (seats.phase[seat] !== DECODE) continue;
      decoding++;
      contextOffset += seats.target[seat]! - seats.anchor[seat]!;
    }
    const { taken, finished } = this.#arrivals;
    this.#require(running === seats.count, 'every taken seat is in the running list');
    this.#require(taken === waiting.size + running + finished, 'requests are waiting, running or finished');
    this.#require(
      decoding === decodes.count && contextOffset === decodes.contextOffset,
      'the summed context is that of the decoding requests',
    );
  }

  /** Blocks are conserved: each is free, or used by as many seats as it says. */
  #blocks(): void {
    const { pool, blocks, seats, tier } = this.#engine;
    const uses = new Int32Array(pool.blocks);
    for (let seat = seats.first; seat >= 0; seat = seats.next[seat]!)
      for (let index = 0; index < blocks.held[seat]!; index++) uses[blocks.block(seat, index)]! += 1;
    for (const held of tier?.parked.values() ?? []) for (const block of held) uses[block]! += 1;
    if (tier !== undefined) this.#tier(tier);
    let free = 0;
    for (const block of pool.freeQueue()) {
      free++;
      this.#require(uses[block] === 0, 'no block is free and in use');
    }
    this.#require(free === pool.free, 'the free queue holds the free blocks');
    let used = 0;
    for (let block = 0; block < pool.blocks; block++) {
      if (uses[block]! > 0) used++;
      this.#require(pool.references[block] === uses[block], 'a block counts its users');
    }
    this.#require(free + used === pool.blocks, 'blocks are free or in use');
  }

  /** The CPU tier's blocks are conserved too, and busy exactly while somebody stores or loads them. */
  #tier({ cpu, storing, loading }: CpuTier): void {
    const users = new Int32Array(cpu.blocks);
    for (const stored of storing.values()) for (const block of stored) users[block] = -1;
    for (const loaded of loading.values()) for (const block of loaded) users[block]! += 1;
    let used = 0;
    let evictable = 0;
    for (const block of cpu.byAge()) {
      used++;
      if (users[block] === 0) evictable++;
      this.#require(cpu.users[block] === users[block], 'a block of the CPU tier counts its users');
      const hash = cpu.hashOf[block]!;
      this.#require(hash === -1 || cpu.find(hash) === block, 'a content is in the CPU tier once');
    }
    this.#require(used + cpu.free === cpu.blocks, 'blocks of the CPU tier are free or in use');
    this.#require(evictable === cpu.evictable, 'the CPU tier can evict what nobody stores or loads');
  }

  #timeline(row: number): void {
    const { log, table } = this.#engine;
    if (log.isAborted(row)) {
      const waited = log.finishedAtUs[row]! >= log.arrivedAtUs[row]!;
      this.#require(waited, `the client of request ${row} gives up after it has sent it`);
      return;
    }
    const instants = [
      log.arrivedAtUs[row]!,
      log.queuedAtUs[row]!,
      log.scheduledAtUs[row]!,
      log.firstTokenAtUs[row]!,
      log.finishedAtUs[row]!,
    ];
    const ordered = instants.every((atUs, i) => i === 0 || atUs >= instants[i - 1]!);
    this.#require(
      ordered,
      `request ${row} arrives, queues, starts, gets its first and its last token in this order`,
    );
    const steps = log.finishedStep[row]! - log.firstTokenStep[row]!;
    this.#require(steps >= lastToken(table, row) - 1, `request ${row} gets at most one token per step`);
  }

  #require(holds: boolean, law: string): void {
    if (holds) return;
    throw new TruelineError('ENGINE_LAW_BROKEN', `step ${this.#engine.step}: it does not hold that ${law}`, {
      hint: 'This is a bug in Trueline: please report it with the experiment that shows it.',
    });
  }
}
