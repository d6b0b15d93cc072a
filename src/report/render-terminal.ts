import Table from 'cli-table3';
import pc from 'picocolors';
import type { Block, FigureBlock, ReportDocument, TableBlock, Tone } from './document.js';
import { printable } from './plain-text.js';

/** How a report looks on a terminal. */
export interface TerminalOptions {
  /** Colours, for a terminal that shows them. Without them the text holds no escape sequence at all. */
  readonly colour: boolean;
}

type Colours = ReturnType<typeof pc.createColors>;

const toned = (colours: Colours, tone: Tone = 'plain', text = ''): string =>
  ({ plain: text, good: colours.green(text), bad: colours.red(text), note: colours.dim(text) })[tone];

/** Longest line of running text; tables are as wide as they need to be. */
const TEXT_COLUMNS = 100;

/** Where a line may break: never before a percent sign, nor inside `backticks`, whose text is there to be copied. */
const BREAKS = / (?!%)(?=(?:[^`]*`[^`]*`)*[^`]*$)/u;

/** Breaks text between words; lines after the first are indented by as much as the first. */
function wrapped(text: string, indent: string, bullet = ''): string {
  const lines: string[] = [];
  let line = indent + bullet;
  for (const word of text.split(BREAKS)) {
    const room = line.trim() === '' || line.length + 1 + word.length <= TEXT_COLUMNS;
    if (!room) {
      lines.push(line);
      line = indent + ' '.repeat(bullet.length);
    }
    line += line.endsWith(' ') || line === '' ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}

/** No lines between rows and none around: tables are copied, compared and read in narrow windows. */
const TABLE_CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};

function renderTable(block: TableBlock, colours: Colours): string {
  const aligns = block.columns.map((column) => column.align);
  const view = new Table({
    chars: TABLE_CHARS,
    colAligns: aligns,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1, compact: true },
  });
  view.push(
    block.columns.map((column) => colours.bold(printable(column.title))),
    ...block.rows.map((row) => row.map(printable)),
  );
  return view
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`)
    .join('\n');
}

function renderBlock(block: Exclude<Block, FigureBlock>, colours: Colours): string {
  if (block.kind === 'table') return renderTable(block, colours);
  if (block.kind === 'list') {
    return block.items
      .map((item) => toned(colours, block.tone, wrapped(printable(item), '  ', '- ')))
      .join('\n');
  }
  if (block.kind === 'text') return toned(colours, block.tone, wrapped(printable(block.text), ''));
  return colours.bold(block.level === 1 ? printable(block.text).toUpperCase() : printable(block.text));
}

/** A report as text for a terminal, without its charts; no line break at the end. */
export function renderTerminal(document: ReportDocument, options: TerminalOptions): string {
  const colours = pc.createColors(options.colour);
  return document
    .flatMap((block) => (block.kind === 'figure' ? [] : renderBlock(block, colours)))
    .join('\n\n');
}
