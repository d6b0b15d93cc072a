import escapeLatexAscii from 'escape-latex';
import type { Block, FigureBlock, ReportDocument, TableBlock } from './document.js';
import { printable } from './plain-text.js';
import type { FigurePath } from './render-markdown.js';

/** Signs that reports use and the fonts of plain LaTeX lack. */
const SIGNS: Readonly<Record<string, string>> = {
  '–': '--',
  '…': String.raw`\ldots{}`,
  '±': String.raw`$\pm$`,
  '−': '$-$',
  '×': String.raw`$\times$`,
  '÷': String.raw`$\div$`,
  '·': String.raw`$\cdot$`,
  '²': '$^2$',
  '≤': String.raw`$\le$`,
  '≥': String.raw`$\ge$`,
  '→': String.raw`$\to$`,
  µ: String.raw`$\mu$`,
  ρ: String.raw`$\rho$`,
  τ: String.raw`$\tau$`,
};

/** Makes any text inert in LaTeX: it is set as written and can call no command. */
export const escapeLatex = (text: string): string =>
  escapeLatexAscii(printable(text)).replaceAll(
    new RegExp(`[${Object.keys(SIGNS).join('')}]`, 'gu'),
    (sign) => SIGNS[sign] ?? sign,
  );

const tableRow = (cells: readonly string[]): string => String.raw`${cells.map(escapeLatex).join(' & ')} \\`;

/** A booktabs table that may run over pages, with its head on each. */
const renderTable = ({ columns, rows }: TableBlock): string =>
  [
    String.raw`\begin{longtable}{@{}${columns.map((column) => column.align[0]).join('')}@{}}`,
    String.raw`\toprule`,
    tableRow(columns.map((column) => column.title)),
    String.raw`\midrule`,
    String.raw`\endhead`,
    ...rows.map(tableRow),
    String.raw`\bottomrule`,
    String.raw`\end{longtable}`,
  ].join('\n');

const HEADINGS = { 1: 'section', 2: 'subsection', 3: 'subsubsection' } as const;

const renderFigure = ({ id, caption }: FigureBlock, figurePath: FigurePath): string =>
  [
    String.raw`\begin{figure}[htbp]`,
    String.raw`\centering`,
    String.raw`\includesvg{${figurePath(id)}}`,
    String.raw`\caption{${escapeLatex(caption)}}`,
    String.raw`\end{figure}`,
  ].join('\n');

function renderList(items: readonly string[]): string {
  const lines = items.map((item) => String.raw`\item {}${escapeLatex(item)}`);
  return [String.raw`\begin{itemize}`, ...lines, String.raw`\end{itemize}`].join('\n');
}

function renderBlock(block: Block, figurePath: FigurePath | undefined): string[] {
  if (block.kind === 'heading') return [`\\${HEADINGS[block.level]}*{${escapeLatex(block.text)}}`];
  if (block.kind === 'list') return [renderList(block.items)];
  if (block.kind === 'table') return [renderTable(block)];
  if (block.kind === 'text') return [escapeLatex(block.text)];
  return figurePath === undefined ? [] : [renderFigure(block, figurePath)];
}

const preamble = (withFigures: boolean): string =>
  [
    String.raw`\documentclass{article}`,
    String.raw`\usepackage[a4paper,landscape,margin=15mm]{geometry}`,
    String.raw`\usepackage[T1]{fontenc}`,
    String.raw`\usepackage{booktabs,longtable}`,
    ...(withFigures ? [String.raw`\usepackage{svg}`] : []),
    String.raw`\setlength{\tabcolsep}{3pt}`,
    String.raw`\begin{document}`,
    String.raw`\scriptsize`,
  ].join('\n');

/**
 * A report as a LaTeX document with booktabs tables, ending in a line break. It sets as it is, and its tables can be copied
 * into a paper that loads `booktabs` and `longtable`.
 * @param figurePath where its charts are, as SVG (package `svg`); without it they are left out
 */
export const renderLatex = (document: ReportDocument, figurePath?: FigurePath): string =>
  `${[
    preamble(figurePath !== undefined),
    ...document.flatMap((block) => renderBlock(block, figurePath)),
    String.raw`\end{document}`,
  ].join('\n\n')}\n`;
