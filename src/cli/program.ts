import { Command } from 'commander';
import { declareAblate } from './arguments/ablate.js';
import { declareCoefficients } from './arguments/coefficients.js';
import { declareCrossValidate } from './arguments/cross-validate.js';
import { declareCheck } from './arguments/check.js';
import { declareDemo } from './arguments/demo.js';
import { declareFit } from './arguments/fit.js';
import { declareFitKernels } from './arguments/fit-kernels.js';
import { declareLearningCurve } from './arguments/learning-curve.js';
import { declareIngest } from './arguments/ingest.js';
import { declareInspect } from './arguments/inspect.js';
import { declareLint } from './arguments/lint.js';
import { declareNextRun } from './arguments/next-run.js';
import { declareObserve } from './arguments/observe.js';
import { declarePredict } from './arguments/predict.js';
import { declareReport } from './arguments/report.js';
import { declareMerge, declareScore } from './arguments/score.js';
import { declareSimulate } from './arguments/simulate.js';
import { declareSweep } from './arguments/sweep.js';
import { declareValidate } from './arguments/validate.js';
import { declareValidateRequests } from './arguments/validate-requests.js';
import { packageVersion } from './package-root.js';

/**
 * The whole command line. Each command is two files: `arguments/<name>.ts` says what it takes and is always loaded;
 * `commands/<name>.ts` does the work and is loaded when the command runs, so that help starts at once.
 */
export function createProgram(): Command {
  const program = new Command('trueline')
    .description('Keeps a simulator of LLM serving true to real GPUs.')
    .version(packageVersion(), '--version')
    // Sub-commands copy these settings when they are declared, so they come first.
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    // What follows a command's name is its own: `fit kernels --gpu` is not `fit --gpu`.
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .addHelpText('after', '\nNew here? Run `trueline demo`. Every command has --help with an example.');
  declareDemo(program);
  declareIngest(program);
  declareInspect(program);
  declareLint(program);
  const fit = declareFit(program);
  declareFitKernels(fit);
  declareCrossValidate(fit);
  declareAblate(fit);
  declareLearningCurve(fit);
  declareCoefficients(program);
  declareNextRun(program);
  declareSimulate(program);
  declareSweep(program);
  declareObserve(program);
  declareValidateRequests(declareValidate(program));
  declareReport(program);
  declareCheck(program);
  declarePredict(program);
  declareScore(program);
  declareMerge(program);
  return program;
}

/** The command that `words` (what the user typed) begin with, e.g. `trueline fit kernels`; `trueline` when they begin with none. */
export function commandCalled(program: Command, words: readonly string[]): string {
  let command = program;
  const names = [program.name()];
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) break;
    names.push(word);
    command = next;
  }
  return names.join(' ');
}
