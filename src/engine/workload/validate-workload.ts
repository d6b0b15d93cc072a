import { TruelineError } from '../../errors.js';
import type {
  LoadStage,
  RequestTraceWorkload,
  SharedPrefixWorkload,
  Workload,
} from '../../trace/experiment.js';
import { stageRequests } from './arrivals.js';

const MAX_STAGES = 65_536;

/** @throws WORKLOAD_INVALID naming the first field that no load can be made from. */
export function validateWorkload(workload: Workload): void {
  if (workload.kind === 'shared-prefix') validateSharedPrefix(workload);
  else validateRequestTrace(workload);
}

function validateSharedPrefix(workload: SharedPrefixWorkload): void {
  requireInteger('numGroups', workload.numGroups, 1);
  requireInteger('promptsPerGroup', workload.promptsPerGroup, 1);
  requireInteger('systemPromptTokens', workload.systemPromptTokens, 0);
  requireInteger('outputTokens', workload.outputTokens, 1);
  requireFinite('promptTokensSd', workload.promptTokensSd);
  requireFinite('stageGapS', workload.stageGapS);
  if (!(workload.promptTokensMean > workload.systemPromptTokens) || workload.promptTokensMean === Infinity) {
    throw invalid(
      `promptTokensMean is ${workload.promptTokensMean}, systemPromptTokens ${workload.systemPromptTokens}`,
      'Give whole prompts more tokens than their system prompt.',
    );
  }
  if (workload.stages.length === 0) throw invalid('the workload has no stages', 'Add at least one stage.');
  if (workload.stages.length > MAX_STAGES)
    throw invalid(`${workload.stages.length} stages`, `Use at most ${MAX_STAGES}.`);
  workload.stages.forEach(validateStage);
}

function validateStage(stage: LoadStage, index: number): void {
  requirePositive(`stages[${index}].ratePerS`, stage.ratePerS);
  requirePositive(`stages[${index}].durationS`, stage.durationS);
  if (stageRequests(stage) < 1) {
    throw invalid(
      `stages[${index}] sends no request (${stage.ratePerS}/s for ${stage.durationS} s)`,
      'Raise its rate or its duration.',
    );
  }
}

function validateRequestTrace(workload: RequestTraceWorkload): void {
  const count = workload.arrivedAtUs.length;
  if (count === 0) throw invalid('the workload has no requests', 'Add at least one request.');
  for (const column of ['promptTokens', 'outputTokens', 'promptId', 'stage'] as const) {
    if (workload[column].length !== count) {
      throw invalid(
        `${column} has ${workload[column].length} rows, arrivedAtUs ${count}`,
        'Give every column one value per request.',
      );
    }
  }
}

function requireInteger(field: string, value: number, min: number): void {
  if (!Number.isInteger(value) || value < min)
    throw invalid(`${field} is ${value}`, `Use a whole number of at least ${min}.`);
}

function requirePositive(field: string, value: number): void {
  if (!(value > 0) || value === Infinity) throw invalid(`${field} is ${value}`, 'Use a number above 0.');
}

function requireFinite(field: string, value: number): void {
  if (!(value >= 0) || value === Infinity)
    throw invalid(`${field} is ${value}`, 'Use a number of at least 0.');
}

const invalid = (found: string, hint: string): TruelineError =>
  new TruelineError('WORKLOAD_INVALID', found, { hint });
