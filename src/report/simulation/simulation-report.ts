import type { ScopeGap } from '../../coefficients/index.js';
import type { SimulationSummary } from '../../engine/index.js';
import type { SimulatedKnee, StageIntervals } from '../../validate/index.js';
import type { Trace } from '../../trace/trace.js';
import { usToS } from '../../units.js';
import { heading, left, right, table, type Block, type ReportDocument } from '../document.js';
import { count, share, significant, stageTitle } from '../format.js';
import { renderTerminal, type TerminalOptions } from '../render-terminal.js';
import { extrapolationSection } from '../coefficients/extrapolation-section.js';
import { intervalSection } from './interval-section.js';
import { kneeSection } from './knee-section.js';
import { requestSection } from '../trace/request-section.js';
import { stepSection } from '../trace/step-section.js';
import { traceIdentity } from '../trace/trace-identity.js';

/** A simulated run and what was found out about it. */
export interface SimulationFindings {
  readonly trace: Trace;
  readonly summary: SimulationSummary;
  /** Empty when the coefficient set does not say how uncertain it is, or nobody asked. */
  readonly intervals: readonly StageIntervals[];
  /** Where the coefficients are taken beyond what they were fitted on. */
  readonly beyondFit: readonly ScopeGap[];
  /** Absent for closed loops, and when nobody asked. */
  readonly knee?: SimulatedKnee;
}

const compilationFacts = ({ compilations }: SimulationSummary): string[][] =>
  compilations === 0 ? [] : [['steps that waited for a kernel to be compiled', count(compilations)]];

/** What the engine did, and what it ran short of. */
function engineSection(summary: SimulationSummary): Block[] {
  const facts = [
    ['steps', `${summary.steps}, and ${summary.emptySteps} without tokens`],
    ...compilationFacts(summary),
    ['GPU busy', `${significant(usToS(summary.busyUs))} s`],
    ['most requests running, waiting', `${summary.peakRunning}, ${summary.peakWaiting}`],
    ['most KV blocks used', `${summary.peakKvBlocksUsed} of ${summary.totalKvBlocks}`],
    ['prompt tokens from the prefix cache', share(summary.hitTokens / summary.promptTokens)],
    ['preemptions', count(summary.preemptions)],
    ['GPU time with requests waiting for a seat', share(summary.seatLimitedRatio)],
    ['GPU time with requests waiting for KV blocks', share(summary.kvLimitedRatio)],
  ];
  const stages = summary.stages.map((stage) => [
    stageTitle(stage.stage),
    count(stage.requests),
    significant(usToS(stage.startedAtUs)),
    significant(usToS(stage.endedAtUs)),
  ]);
  return [
    heading(2, 'Engine'),
    ...table([left('what'), right('value')], facts),
    ...table([left('stage'), right('requests'), right('first sent, s'), right('last answered, s')], stages),
  ];
}

/** A simulation as a document: what was served, what clients got, what the engine did, where its steps lie. */
const simulationReport = ({
  trace,
  summary,
  intervals,
  beyondFit,
  knee,
}: SimulationFindings): ReportDocument => [
  ...traceIdentity('Simulation', trace),
  ...requestSection(trace),
  ...intervalSection(intervals),
  ...kneeSection(knee),
  ...extrapolationSection(beyondFit),
  ...engineSection(summary),
  ...(trace.steps === undefined ? [] : stepSection(trace)),
];

/** The same as text for a terminal; no line break at the end. */
export const renderSimulation = (
  findings: SimulationFindings,
  options: TerminalOptions = { colour: false },
): string => renderTerminal(simulationReport(findings), options);
