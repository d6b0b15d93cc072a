import { createHash } from 'node:crypto';
import type { Block, ReportDocument } from '../document.js';
import { escapeHtml, renderBlocks, type Drawings } from './blocks.js';
import type { ChartIsland } from './chart-island.js';
import { CLIENT_SCRIPT } from './client-script.js';
import { STYLE } from './style.js';

/** A part of a page that is closed until asked for. */
export interface Details {
  readonly summary: string;
  readonly blocks: readonly Block[];
}

/** A section of closed parts. */
export interface DrillDown {
  readonly title: string;
  readonly note: string;
  readonly parts: readonly Details[];
}

/** Everything a page is made of. */
export interface Page {
  /** Its first block is the title. */
  readonly document: ReportDocument;
  /** The last section. */
  readonly drillDown?: DrillDown;
  readonly drawings: Drawings;
  /** What the page's script makes tables and interactive charts of. */
  readonly island: ChartIsland;
  /** Source of Vega's runtime and of its expression interpreter, as `vega` and `expressionInterpreter`. */
  readonly runtime: string;
}

interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Splits a document at its headings of level 2; what stands before the first is the opening. */
function sectionsOf(document: ReportDocument): { opening: Block[]; sections: Section[] } {
  const opening: Block[] = [];
  const sections: { title: string; blocks: Block[] }[] = [];
  for (const block of document) {
    if (block.kind === 'heading' && block.level === 2) sections.push({ title: block.text, blocks: [block] });
    else (sections.at(-1)?.blocks ?? opening).push(block);
  }
  return { opening, sections };
}

const sectionId = (index: number): string => `section-${index + 1}`;

const renderSection = (body: string, index: number): string =>
  `<section id="${sectionId(index)}">\n${body}\n</section>`;

function renderDrillDown({ title, note, parts: closed }: DrillDown, drawings: Drawings): string {
  const parts = closed.map(
    ({ summary, blocks }) =>
      `<details><summary>${escapeHtml(summary)}</summary>\n${renderBlocks(blocks, summary, drawings)}\n</details>`,
  );
  return [`<h2>${escapeHtml(title)}</h2>`, `<p>${escapeHtml(note)}</p>`, ...parts].join('\n');
}

const navigation = (titles: readonly string[]): string =>
  `<nav aria-label="Contents"><ul>${titles
    .map((title, i) => `<li><a href="#${sectionId(i)}">${escapeHtml(title)}</a></li>`)
    .join('\n')}</ul></nav>`;

/** A script cannot end early, whatever it holds. */
const inScript = (source: string): string => source.replaceAll(/<\/(?=script)/giu, String.raw`<\/`);
const inJsonScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

/** Only the page's own scripts may run, and nothing may be fetched. */
function contentPolicy(scripts: readonly string[]): string {
  const hashes = scripts.map((source) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`);
  return (
    `default-src 'none'; script-src ${hashes.join(' ')}; style-src 'unsafe-inline'; img-src data:; ` +
    "base-uri 'none'; form-action 'none'"
  );
}

/** A page that is whole in one file: it opens from disk, asks the network for nothing and runs only its own scripts. */
export function renderPage(page: Page): string {
  const { opening, sections } = sectionsOf(page.document);
  const [first] = page.document;
  const title = first?.kind === 'heading' ? first.text : '';
  const { drillDown, drawings } = page;
  const bodies = sections.map(({ title: name, blocks }) => renderBlocks(blocks, name, drawings));
  if (drillDown !== undefined) bodies.push(renderDrillDown(drillDown, drawings));
  const titles = [...sections.map((section) => section.title), ...(drillDown ? [drillDown.title] : [])];
  const scripts = [page.runtime, CLIENT_SCRIPT].map(inScript);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<div class="page">
<header>
${renderBlocks(opening, title, drawings)}
</header>
${navigation(titles)}
<main id="main">
${bodies.map(renderSection).join('\n')}
</main>
</div>
<script type="application/json" id="charts">${inJsonScript(page.island)}</script>
${scripts.map((source) => `<script>${source}</script>`).join('\n')}
</body>
</html>
`;
}
