import { markdownTable } from 'markdown-table';
import type { Block, ReportDocument, TableBlock } from './document.js';
import { printable } from './plain-text.js';

/**
 * Makes any text inert inside a Markdown line or table cell: it shows as written and can open no HTML, link, code,
 * emphasis, formula, mention or further cell.
 */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replaceAll(/[\\`*_[\]|$~]/gu, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replaceAll(/www\./giu, (www) => `${www.slice(0, -1)}&#46;`);
}

/** The same at the start of a line, where a few more characters would open a heading, list, rule or quote. */
const escapeLine = (text: string): string =>
  escapeMarkdown(text)
    .replace(/^([-+#=])/u, String.raw`\$1`)
    .replace(/^(\d+)([.)])/u, String.raw`$1\$2`);

function renderTable({ columns, rows }: TableBlock): string {
  const cells = [columns.map((column) => column.title), ...rows].map((row) => row.map(escapeMarkdown));
  return markdownTable(cells, { align: columns.map((column) => column.align) });
}

/** Where the pictures of a report lie, relative to its text: the path of a figure by its id. */
export type FigurePath = (id: string) => string;

function renderBlock(block: Block, figurePath: FigurePath): string {
  if (block.kind === 'figure') {
    const { id, alt, caption } = block;
    return `![${escapeMarkdown(alt)}](${figurePath(id)})\n\n${escapeLine(caption)}`;
  }
  if (block.kind === 'table') return renderTable(block);
  if (block.kind === 'list') return block.items.map((item) => `- ${escapeLine(item)}`).join('\n');
  if (block.kind === 'heading') return `${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}`;
  return escapeLine(block.text);
}

/**
 * A report as GitHub-flavoured Markdown, ending in a line break.
 * @param figurePath where its charts are; without it they are left out
 */
export const renderMarkdown = (document: ReportDocument, figurePath?: FigurePath): string => {
  const shown = figurePath === undefined ? document.filter(({ kind }) => kind !== 'figure') : document;
  return `${shown.map((block) => renderBlock(block, figurePath ?? String)).join('\n\n')}\n`;
};
