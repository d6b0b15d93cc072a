import { planStores } from './cpu-tier/store-blocks.js';
import { LIMITED_BY_KV, LIMITED_BY_NOTHING, type EngineState } from './engine-state.js';
import { lastToken, stopsUnforeseen } from './generated-tokens.js';
import { contestedRunningPass, quietRunningPass } from './running-pass.js';
import { DECODE, FINISHING } from './seats.js';
import { waitingPass } from './waiting-pass.js';

/**
 * Forms the next batch at instant `nowUs` in `engine.batch` and returns its tokens; with 0 tokens the step number is
 * not used up.
 * Source: vLLM v0.15.1, scheduler.py `schedule`, async_scheduler.py `_update_after_schedule`.
 */
export function schedule(engine: EngineState, nowUs: number): number {
  engine.scheduledAtUs = nowUs;
  engine.endedSinceSchedule = false;
  engine.stepTokens = 0;
  engine.stepPreemptions = 0;
  engine.stepAdmissions = 0;
  engine.limitedBy = LIMITED_BY_NOTHING;
  if (engine.processedStep === engine.step - 1) engine.coldStep = engine.step;
  const quiet = quietRunningPass(engine);
  if (!quiet) contestedRunningPass(engine);
  if (engine.stepPreemptions > 0 || engine.headBlocked) engine.limitedBy = LIMITED_BY_KV;
  else if (engine.waiting.size > 0) waitingPass(engine);
  if (engine.tier !== undefined) planStores(engine, engine.tier, quiet);
  if (engine.stepTokens > 0) commit(engine, quiet);
  return engine.stepTokens;
}

/** Describes the batch and advances every request in it to where it stands after the step. */
function commit(engine: EngineState, quiet: boolean): void {
  const { batch, decodes, step } = engine;
  batch.prefillTokens = 0;
  batch.prefillRequests = 0;
  batch.prefillContextTokens = 0;
  batch.prefillAttentionPairs = 0;
  batch.prefillPromptPairs = 0;
  batch.newRequests = engine.stepAdmissions;
  if (quiet) {
    batch.decodeRequests = decodes.count;
    batch.decodeContextTokens = decodes.contextOffset + decodes.count * step;
  } else commitContestedDecodes(engine);
  if (engine.prefills.size > 0) commitPrefills(engine);
  if (decodes.firstFinish(step) >= 0) retire(engine, step);
  engine.step = step + 1;
}

/**
 * Counts the decodes that were scheduled and moves the others one step back, but for those whose last token is already
 * being computed: all they missed is a wasted token.
 */
function commitContestedDecodes({ seats, decodes, batch, step }: EngineState): void {
  batch.decodeRequests = 0;
  batch.decodeContextTokens = 0;
  for (let seat = seats.first; seat >= 0; seat = seats.next[seat]!) {
    if (seats.phase[seat] !== DECODE) continue;
    if (seats.scheduledStep[seat] === step) {
      batch.decodeRequests++;
      batch.decodeContextTokens += seats.target[seat]! + step - seats.anchor[seat]!;
    } else if (seats.finishStep[seat]! >= step) {
      decodes.postpone(seat);
      seats.skippedEarlier[seat] = seats.skippedStep[seat]!;
      seats.skippedStep[seat] = step;
    }
  }
}

/** Adds the chunks to the batch; prefills that are complete become decodes. */
function commitPrefills(engine: EngineState): void {
  const { seats, prefills, step } = engine;
  engine.headBlocked = false;
  let kept = 0;
  for (let i = 0; i < prefills.size; i++) {
    const seat = prefills.rows[i]!;
    if (seats.scheduledStep[seat] === step) commitChunk(engine, seat);
    if (seats.computed[seat]! < seats.target[seat]!) prefills.rows[kept++] = seat;
    else startDecode(engine, seat);
  }
  prefills.size = kept;
}

function commitChunk({ seats, batch, table }: EngineState, seat: number): void {
  const tokens = seats.chunk[seat]!;
  const computed = seats.computed[seat]!;
  batch.prefillRequests++;
  batch.prefillTokens += tokens;
  batch.prefillContextTokens += computed + tokens;
  batch.prefillAttentionPairs += tokens * (computed + tokens / 2);
  batch.prefillPromptPairs += tokens * (table.promptTokens[seats.row[seat]!]! + tokens / 2);
  seats.computed[seat] = computed + tokens;
}

/** The step computes the last known token of a request, hence its next output token. */
function startDecode(
  { seats, decodes, table, outputsKnown, firstTokenRows, step }: EngineState,
  seat: number,
): void {
  const row = seats.row[seat]!;
  seats.phase[seat] = DECODE;
  seats.anchor[seat] = step;
  seats.finishStep[seat] = step + lastToken(table, row) - outputsKnown[row]! - 1;
  decodes.add(seat);
  decodes.addFinish(seat);
  if (outputsKnown[row] === 0) firstTokenRows[step & 1]!.push(row);
}

/**
 * Requests whose last token the step computes ask for nothing more; those that end unforeseen still get a token in the
 * step that is formed before the engine has their last one.
 */
export function retire({ seats, decodes, table }: EngineState, step: number): void {
  for (let seat = decodes.firstFinish(step); seat >= 0; seat = decodes.nextFinish(seat)) {
    if (stopsUnforeseen(table, seats.row[seat]!)) continue;
    decodes.remove(seat);
    seats.phase[seat] = FINISHING;
  }
}
