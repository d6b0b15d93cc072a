import { describe, expect, it } from 'vitest';
import { ArrivalSource } from '../../src/engine/arrival-source.js';
import { EngineClock } from '../../src/engine/engine-clock.js';
import { engineLimits } from '../../src/engine/engine-limits.js';
import { newEngineState, type EngineState } from '../../src/engine/engine-state.js';
import { LawChecker } from '../../src/engine/laws.js';
import { schedule } from '../../src/engine/schedule.js';
import { refusal, server, table } from './setup.js';

/** An engine that has just formed its first batch: two of four requests are running. */
function startedEngine() {
  const requests = table(Array.from({ length: 4 }, () => ({ at: 0, prompt: 20, output: 5 })));
  const engine = newEngineState(requests, engineLimits(server({ maxNumSeqs: 2 }), 40));
  const arrivals = new ArrivalSource(requests, 0);
  while (arrivals.nextInboxUs === 0) {
    engine.waiting.append(arrivals.nextRow);
    arrivals.take();
  }
  const tokens = schedule(engine, 0);
  return { engine, laws: new LawChecker(engine, arrivals), tokens };
}

const broken = (law: string) => refusal('ENGINE_LAW_BROKEN', `step 1: it does not hold that ${law}`);

describe('the laws', () => {
  it('hold of an engine that works', () => {
    const { laws, tokens } = startedEngine();
    laws.scheduled(tokens);
    laws.turned(new EngineClock());
  });

  it.each<[string, (engine: EngineState) => void]>([
    ['requests are waiting, running or finished', (engine) => engine.waiting.remove(2)],
    ['every taken seat is in the running list', (engine) => (engine.seats.count = 1)],
    ['the summed context is that of the decoding requests', (engine) => engine.decodes.contextOffset++],
    ['a block counts its users', (engine) => (engine.pool.references[engine.blocks.block(0, 0)] = 2)],
    ['the free queue holds the free blocks', (engine) => engine.pool.free++],
    [
      'no block is free and in use',
      (engine) => (
        (engine.blocks.held[0] = 0),
        engine.blocks.grow(0, 1),
        engine.blocks.releaseAll(0),
        (engine.blocks.held[0] = 1)
      ),
    ],
  ])('%s', (law, breakIt) => {
    const { engine, laws } = startedEngine();
    breakIt(engine);
    expect(() => laws.turned(new EngineClock())).toThrow(broken(law));
  });

  it('a batch holds what was scheduled, within the budget', () => {
    const { laws, tokens } = startedEngine();
    expect(() => laws.scheduled(tokens + 1)).toThrow(
      broken('the batch holds the tokens that were scheduled'),
    );
  });

  it('nobody waits for nothing', () => {
    const { engine, laws, tokens } = startedEngine();
    engine.limitedBy = 0;
    expect(() => laws.scheduled(tokens)).toThrow(broken('a request waits only for budget, seats or blocks'));
  });

  it('time does not go back', () => {
    const { laws } = startedEngine();
    const clock = new EngineClock();
    clock.nowUs = 5;
    laws.turned(clock);
    clock.nowUs = 4;
    expect(() => laws.turned(clock)).toThrow(broken('the clock never goes back'));
  });

  it('an engine with running requests has not ended', () => {
    const { laws } = startedEngine();
    expect(() => laws.ended()).toThrow(broken('every request ends'));
  });
});
