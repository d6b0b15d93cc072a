import type { RequestTraceWorkload, SharedPrefixWorkload, Workload } from '../../trace/experiment.js';
import {
  invalid,
  MAX_TOKENS,
  requireFilledStages,
  requireFinite,
  requireInteger,
  requireLength,
  requirePositive,
  requirePrompts,
  requireStages,
} from './checks.js';
import { validateSynthetic } from './validate-synthetic.js';

/** @throws WORKLOAD_INVALID naming the first field that no load can be made from. */
export function validateWorkload(workload: Workload): void {
  if (workload.kind !== 'request-trace' && workload.timeoutS !== undefined)
    requirePositive('timeoutS', workload.timeoutS);
  switch (workload.kind) {
    case 'shared-prefix':
      return validateSharedPrefix(workload);
    case 'synthetic':
      return validateSynthetic(workload);
    case 'request-trace':
      return validateRequestTrace(workload);
  }
}

function validateSharedPrefix(workload: SharedPrefixWorkload): void {
  requireInteger('numGroups', workload.numGroups, 1);
  requireInteger('promptsPerGroup', workload.promptsPerGroup, 1);
  requirePrompts('numGroups × promptsPerGroup', workload.numGroups * workload.promptsPerGroup);
  requireInteger('systemPromptTokens', workload.systemPromptTokens, 0, MAX_TOKENS);
  requireInteger('outputTokens', workload.outputTokens, 1, MAX_TOKENS);
  requireLength('promptTokensMean', workload.promptTokensMean);
  requireLength('promptTokensSd', workload.promptTokensSd);
  requireFinite('stageGapS', workload.stageGapS);
  if (!(workload.promptTokensMean > workload.systemPromptTokens)) {
    throw invalid(
      `promptTokensMean is ${workload.promptTokensMean}, systemPromptTokens ${workload.systemPromptTokens}`,
      'Give whole prompts more tokens than their system prompt.',
    );
  }
  requireStages(workload.stages);
  requireFilledStages(workload.stages);
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
