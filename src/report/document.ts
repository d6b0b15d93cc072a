import type { TopLevelSpec } from 'vega-lite';

/**
 * A report before it has a form: headings, paragraphs, tables of plain text and charts. Reports are built once and rendered
 * for a terminal, as Markdown, LaTeX or HTML, so all of them say the same.
 */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string; readonly tone?: Tone }
  | { readonly kind: 'list'; readonly items: readonly string[]; readonly tone?: Tone }
  | TableBlock
  | FigureBlock;

export interface TableBlock {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** A chart. Forms that show no pictures leave it out: it never says what no table or text says. */
export interface FigureBlock {
  readonly kind: 'figure';
  /** Unique in its report; letters, digits and hyphens, so that it can name a file. */
  readonly id: string;
  readonly caption: string;
  /** What the chart shows, for those who cannot see it. */
  readonly alt: string;
  /** A Vega-Lite spec with its data inside. */
  readonly spec: TopLevelSpec;
  /** What is drawn, as a table: HTML offers it below the chart. */
  readonly data: Pick<TableBlock, 'columns' | 'rows'>;
}

/** What a passage means to the reader; a terminal shows it in colour. */
export type Tone = 'plain' | 'good' | 'bad' | 'note';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export type ReportDocument = readonly Block[];

export const heading = (level: 1 | 2 | 3, text: string): Block => ({ kind: 'heading', level, text });
export const paragraph = (text: string, tone: Tone = 'plain'): Block => ({ kind: 'text', text, tone });
export const list = (items: readonly string[], tone: Tone = 'plain'): Block => ({
  kind: 'list',
  items,
  tone,
});
export const left = (title: string): Column => ({ title, align: 'left' });
export const right = (title: string): Column => ({ title, align: 'right' });

/** A table; every row has one cell per column. Without rows there is nothing to show, so nothing is. */
export const table = (columns: readonly Column[], rows: readonly (readonly string[])[]): Block[] =>
  rows.length === 0 ? [] : [{ kind: 'table', columns, rows }];

/** A report as a part of a larger one: its headings one level deeper. */
export const deeper = (document: ReportDocument): Block[] =>
  document.map((block) =>
    block.kind === 'heading' ? { ...block, level: block.level === 1 ? 2 : 3 } : block,
  );
