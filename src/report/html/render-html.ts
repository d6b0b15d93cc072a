import type { Block, FigureBlock, ReportDocument } from '../document.js';
import { chartIsland } from './chart-island.js';
import { renderPage, type DrillDown } from './page.js';

/** What a page needs besides its document. */
export interface HtmlOptions {
  /** Source that defines `vega` and `expressionInterpreter` in a browser. */
  readonly runtime: string;
  /** Its charts stay drawings: they stand beside tables of the same figures. */
  readonly drillDown?: DrillDown;
}

const figuresOf = (blocks: readonly Block[]): FigureBlock[] =>
  blocks.flatMap((block) => (block.kind === 'figure' ? [block] : []));

/** Several drawings share a page, so that names inside one must not be those inside another. */
const withOwnNames = (id: string, svg: string): string =>
  svg.replaceAll(/(\sid="|url\(#)/gu, (start) => `${start}${id}-`);

/** A report as one self-contained HTML page with interactive charts. */
export async function renderHtml(
  document: ReportDocument,
  { runtime, drillDown }: HtmlOptions,
): Promise<string> {
  const { drawSvg, vegaSpec } = await import('../charts/draw-svg.js');
  const inParts = drillDown?.parts.flatMap((part) => part.blocks) ?? [];
  const figures = figuresOf([...document, ...inParts]);
  const drawings = new Map<FigureBlock, string>();
  for (const figure of figures) drawings.set(figure, withOwnNames(figure.id, await drawSvg(figure.spec)));
  const specs = Object.fromEntries(figuresOf(document).map(({ id, spec }) => [id, vegaSpec(spec)]));
  const island = chartIsland(figures, specs);
  return renderPage({ document, ...(drillDown && { drillDown }), drawings, island, runtime });
}
