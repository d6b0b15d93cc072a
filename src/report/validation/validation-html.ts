import type { ValidationResult } from '../../validate/validation-result.js';
import type { Block, FigureBlock } from '../document.js';
import { renderPage } from '../html/page.js';
import { drillDown } from './drill-down.js';
import { validationReport } from './validation-report.js';

const figuresOf = (blocks: readonly Block[]): FigureBlock[] =>
  blocks.flatMap((block) => (block.kind === 'figure' ? [block] : []));

/** Several drawings share a page, so that names inside one must not be those inside another. */
const withOwnNames = (id: string, svg: string): string =>
  svg.replaceAll(/(\sid="|url\(#)/gu, (start) => `${start}${id}-`);

/**
 * A validation as one self-contained HTML page. The charts of the report are interactive, those of single experiments are
 * drawings beside their tables.
 * @param runtime source that defines `vega` and `expressionInterpreter` in a browser
 */
export async function renderValidationHtml(result: ValidationResult, runtime: string): Promise<string> {
  const { drawSvg, vegaSpec } = await import('../charts/draw-svg.js');
  const document = validationReport(result);
  const parts = drillDown(result);
  const figures = figuresOf([...document, ...parts.flatMap((part) => part.blocks)]);
  const drawings = new Map<FigureBlock, string>();
  for (const figure of figures) drawings.set(figure, withOwnNames(figure.id, await drawSvg(figure.spec)));
  const specs = Object.fromEntries(figuresOf(document).map(({ id, spec }) => [id, vegaSpec(spec)]));
  const note = 'Open a run for its load curves and for every figure, measured and predicted, with the peers beside.';
  return renderPage({ document, drillDown: { title: 'Run by run', note, parts }, drawings, specs, runtime });
}
