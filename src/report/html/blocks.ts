import { escapeUTF8 } from 'entities/escape';
import { OURS } from '../../validate/validation-result.js';
import type { Block, Column, FigureBlock, TableBlock, Tone } from '../document.js';
import { printable } from '../plain-text.js';

/** Makes any text inert in HTML, inside elements and inside quoted attributes alike. */
export const escapeHtml = (text: string): string => escapeUTF8(printable(text));

/** Static drawings of the charts of a page, by figure. */
export type Drawings = ReadonlyMap<FigureBlock, string>;

const cellClass = (column: Column | undefined): string =>
  column?.align === 'right' ? ' class="number"' : '';

/** Our own lines stand out among the peers'; lines under another are indented. */
const rowClass = (label: string): string => {
  const names = [label.trim() === OURS ? 'ours' : '', label.startsWith('  ') ? 'under' : ''].filter(Boolean);
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
};

function renderRow(row: readonly string[], columns: readonly Column[]): string {
  const [label = '', ...cells] = row;
  const rest = cells.map((cell, i) => `<td${cellClass(columns[i + 1])}>${escapeHtml(cell)}</td>`).join('');
  return `<tr${rowClass(label)}><th scope="row">${escapeHtml(label.trim())}</th>${rest}</tr>`;
}

/** A table that scrolls sideways, by keyboard too, where the window is narrow. */
function renderTable({ columns, rows }: TableBlock, caption: string): string {
  const head = columns.map(
    (column) => `<th scope="col"${cellClass(column)}>${escapeHtml(column.title)}</th>`,
  );
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}, table">`,
    `<table><caption>${escapeHtml(caption)}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${rows.map((row) => renderRow(row, columns)).join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}

const renderFigure = (figure: FigureBlock, drawings: Drawings): string =>
  [
    `<figure id="${figure.id}">`,
    `<div class="chart" role="img" aria-label="${escapeHtml(figure.alt)}">${drawings.get(figure) ?? ''}</div>`,
    `<figcaption>${escapeHtml(figure.caption)}</figcaption>`,
    '</figure>',
  ].join('\n');

const renderList = (items: readonly string[], tone: Tone): string =>
  `<ul class="${tone}">${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}</ul>`;

function renderBlock(block: Block, caption: string, drawings: Drawings): string {
  if (block.kind === 'heading') return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`;
  if (block.kind === 'list') return renderList(block.items, block.tone ?? 'plain');
  if (block.kind === 'table') return renderTable(block, caption);
  if (block.kind === 'text') return `<p class="${block.tone ?? 'plain'}">${escapeHtml(block.text)}</p>`;
  return renderFigure(block, drawings);
}

/** Charts that follow each other stand side by side where there is room: what opens before a block and closes after it. */
function gallery(blocks: readonly Block[], at: number): readonly [opening: string, closing: string] {
  const isFigure = (i: number): boolean => blocks[i]?.kind === 'figure';
  if (!isFigure(at)) return ['', ''];
  return [isFigure(at - 1) ? '' : '<div class="gallery">\n', isFigure(at + 1) ? '' : '\n</div>'];
}

/** Blocks as HTML; a table is captioned by the heading it stands under. */
export function renderBlocks(blocks: readonly Block[], title: string, drawings: Drawings): string {
  let caption = title;
  return blocks
    .map((block, i) => {
      if (block.kind === 'heading') caption = block.text;
      const [opening, closing] = gallery(blocks, i);
      return `${opening}${renderBlock(block, caption, drawings)}${closing}`;
    })
    .join('\n');
}
