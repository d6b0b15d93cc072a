// Regenerates docs/accuracy.md, validation/public-suite/report and the results table of README.md from the shipped
// coefficients and suite. Run after `npm run build`. Sections that replay measured logs need TRUELINE_DATA and keep their committed text without it.
//   --check   writes nothing and fails when either is out of date
//   --fast    leaves sections that take minutes as they are; with --check, they fail when their inputs changed since
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ablation } from './accuracy/ablation.mjs';
import { unseenInAll, unseenInTrain } from './accuracy/cross-validation.mjs';
import { kvBlocks } from './accuracy/kv-blocks.mjs';
import { learningCurve } from './accuracy/learning-curve.mjs';
import { opening } from './accuracy/opening.mjs';
import { renderPage, staleSections } from './accuracy/page.mjs';
import { readmeTable } from './accuracy/readme-table.mjs';
import { updateReport } from './accuracy/published-report.mjs';
import { requests } from './accuracy/requests.mjs';
import { path, trueline } from './accuracy/trueline.mjs';
import { validation } from './accuracy/validation.mjs';

const SEEDS = 2;
/** In the order of the page. `slow`: takes minutes; `needsData`: replays logs of TRUELINE_DATA. */
const SECTIONS = [
  opening,
  unseenInTrain,
  unseenInAll,
  validation,
  requests,
  kvBlocks,
  learningCurve,
  ablation,
];

const unknown = process.argv.slice(2).find((word) => word !== '--check' && word !== '--fast');
if (unknown !== undefined) {
  console.error(`unknown option ${unknown}: --check and --fast are all there is`);
  process.exit(2);
}
const check = process.argv.includes('--check');
const slow = !process.argv.includes('--fast');
const dataFolder = process.env.TRUELINE_DATA || undefined;
const isWanted = (section) =>
  (slow || section.slow !== true) && (dataFolder !== undefined || section.needsData !== true);

function withBlock(text, block) {
  const [begin, end] = ['<!-- accuracy: begin -->', '<!-- accuracy: end -->'];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  if (to < from) throw new Error('README.md has no accuracy markers');
  return `${text.slice(0, from)}\n\n${block}\n\n${text.slice(to)}`;
}

/** Writes a file that is out of date (removes it when it should not be there), or says that it is. */
function update(name, before, text) {
  if (before === text) return;
  if (check) {
    console.error(`${name} is out of date: run \`npm run accuracy\``);
    process.exitCode = 1;
  } else if (text === undefined) rmSync(path(name));
  else {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'trueline-accuracy-'));
try {
  const saved = join(folder, 'result.json');
  trueline('validate', '--seeds', String(SEEDS), '--out', saved);
  const inputs = { saved, dataFolder };
  const page = readFileSync(path('docs/accuracy.md'), 'utf8');
  if (check)
    for (const name of staleSections(SECTIONS, page)) {
      console.error(`docs/accuracy.md: section ${name} was made from other inputs: run \`npm run accuracy\``);
      process.exitCode = 1;
    }
  update('docs/accuracy.md', page, await renderPage('Accuracy', SECTIONS, page, inputs, isWanted));
  const readme = readFileSync(path('README.md'), 'utf8');
  update('README.md', readme, withBlock(readme, readmeTable(inputs)));
  updateReport(inputs, update);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
